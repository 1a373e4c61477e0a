"""A linear model of a report's words: what each adds to each answer, summed, and the words that added most.

An output is `question:answer` (`category:dat-dai`, `severity:3`). A word's vector is the sum of its n-grams'
weights; it is worked out once and kept, so a text costs one sum over rows of a matrix.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from services.routing.domain.grams import (
    grams_of_key,
    grams_of_pair,
    grams_of_word,
    keys_of,
    pairs_of,
    words_of,
)
from services.routing.domain.text import Text

Floats = npt.NDArray[np.float32]

_MOST = 60_000
"""Beyond so many words and pairs all are forgotten: what outsiders send must not fill the memory."""


@dataclass(frozen=True, slots=True)
class Weights:
    """What training leaves: `grams` name the rows of `matrix`, `outputs` its columns.

    `matrix`: int8 (grams, outputs), to be multiplied by `scale` (outputs); `bias` (outputs) is what a text
    without known words gets.
    """

    version: str
    outputs: tuple[str, ...]
    grams: Mapping[str, int]
    matrix: npt.NDArray[np.int8]
    scale: Floats
    bias: Floats


class _Rows(dict[Any, int]):
    """The row of each word seen so far; a new one is worked out and added to the table."""

    def __init__(self, add: Callable[[Iterable[str]], int], grams: Callable[[Any], Iterable[str]]) -> None:
        super().__init__()
        self._add = add
        self._grams = grams

    def __missing__(self, token: Any) -> int:
        row = self[token] = self._add(self._grams(token))
        return row


class Linear:
    """The model at work. What it remembers changes no answer."""

    __slots__ = ("_keys", "_pairs", "_places", "_spans", "_table", "_used", "_weights", "_words", "version")

    def __init__(self, weights: Weights) -> None:
        self.version = weights.version
        self._weights = weights
        self._table: Floats = np.zeros((1024, len(weights.outputs)), np.float32)
        self._used = 0
        self._keys = _Rows(self._add, grams_of_key)
        self._words = _Rows(self._add, grams_of_word)
        self._pairs = _Rows(self._add, grams_of_pair)
        self._spans: dict[str, tuple[int, tuple[str, ...]]] = {}
        self._places = {output: at for at, output in enumerate(weights.outputs)}
        for at, output in enumerate(weights.outputs):
            question, _, answer = output.partition(":")
            start, answers = self._spans.get(question, (at, ()))
            self._spans[question] = (start, (*answers, answer))

    def read(self, text: Text) -> "Scores":
        """What the words of a text say."""
        keys, words, pairs = keys_of(text), words_of(text), pairs_of(text)
        if self._used + len(keys) + len(words) + len(pairs) > _MOST:
            self._forget()
        rows = [
            *map(self._keys.__getitem__, keys),
            *map(self._words.__getitem__, words),
            *map(self._pairs.__getitem__, pairs),
        ]
        if not rows:
            return Scores(self, self._weights.bias.tolist(), (), None)
        vectors = self._table.take(rows, 0)
        total = vectors.sum(0) * (len(rows) ** -0.5) + self._weights.bias
        return Scores(self, total.tolist(), (keys, words, pairs), vectors)

    def span(self, question: str) -> tuple[int, tuple[str, ...]]:
        """Where a question's answers begin among the outputs, and which they are; none if it is not asked."""
        return self._spans.get(question, (0, ()))

    def place(self, output: str) -> int | None:
        """Where an output stands; None if the model has none of that name."""
        return self._places.get(output)

    def _add(self, grams: Iterable[str]) -> int:
        known = [at for at in map(self._weights.grams.get, grams) if at is not None]
        if self._used == len(self._table):
            self._table = np.concatenate([self._table, np.zeros_like(self._table)])
        if known:
            self._table[self._used] = self._weights.matrix[known].sum(0, np.float32) * self._weights.scale
        else:
            self._table[self._used] = 0
        self._used += 1
        return self._used - 1

    def _forget(self) -> None:
        for rows in (self._keys, self._words, self._pairs):
            rows.clear()
        self._used = 0


class Scores:
    """What the model says of one text, about 0..1 an answer; without a model nothing."""

    __slots__ = ("_model", "_said", "_values", "_vectors", "version")

    def __init__(
        self, model: Linear, values: list[float], said: Sequence[Iterable[Any]], vectors: Floats | None
    ) -> None:
        self.version = model.version
        self._model = model
        self._values = values
        self._said = said
        self._vectors = vectors

    def of(self, question: str) -> dict[str, float]:
        """The score of each answer to a question."""
        start, answers = self._model.span(question)
        return dict(zip(answers, self._values[start : start + len(answers)], strict=True))

    def value(self, output: str) -> float:
        """One answer's score; 0 if the model does not know it."""
        at = self._model.place(output)
        return 0.0 if at is None else self._values[at]

    def knows(self, output: str) -> bool:
        """Whether the model was taught an output."""
        return self._model.place(output) is not None

    def words(self, output: str, most: int = 3) -> tuple[str, ...]:
        """The words (folded, or with their diacritics) that added most to an answer, the first the most."""
        at = self._model.place(output)
        if at is None or self._vectors is None:
            return ()
        added = self._vectors[:, at]
        best = added.argsort()[: -most - 1 : -1].tolist()
        tokens = [token for kind in self._said for token in kind]
        return tuple(" ".join(t) if isinstance(t := tokens[n], tuple) else t for n in best if added[n] > 0)


def no_model() -> Linear:
    """Says nothing: for tests, and for whoever wants the rules alone."""
    empty = np.zeros((0, 0), np.int8)
    nothing = np.zeros(0, np.float32)
    return Linear(Weights("model-none", (), {}, empty, nothing, nothing))
