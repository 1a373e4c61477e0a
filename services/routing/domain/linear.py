"""A linear model of a report's words: what each adds to each answer, summed, and the words that added most.

An output is `question:answer` (`category:dat-dai`, `severity:3`). A word's vector is the sum of its n-grams'
weights; it is worked out once and kept, so a text costs one sum over rows of a table. The table holds whole
numbers, an output's scale is applied to their sum: half the memory to wait for.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np
import numpy.typing as npt

from services.routing.domain.grams import grams_of_key
from services.routing.domain.text import Text

Floats = npt.NDArray[np.float32]
Shorts = npt.NDArray[np.int16]

Rows = npt.NDArray[np.intp]

_TOGETHER = 48
"""So many texts' vectors stay in a processor's cache until they are summed."""
_MOST = 60_000
"""Beyond so many words all new ones are forgotten: what outsiders send must not fill the memory."""


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


class _Rows(dict[str, int]):
    """The row of each folded word seen so far; a new one is worked out and added to the table."""

    def __init__(self, add: Callable[[str], int]) -> None:
        super().__init__()
        self._add = add

    def __missing__(self, key: str) -> int:
        if key != "0" and key.isdecimal():
            return self["0"]  # numbers are alike, and too many to remember
        row = self[key] = self._add(key)
        return row


class Linear:
    """The model at work. What it remembers changes no answer."""

    __slots__ = (
        "_keys",
        "_names",
        "_pairs",
        "_places",
        "_spans",
        "_table",
        "_taught",
        "_used",
        "_weights",
        "_words",
        "version",
    )

    def __init__(self, weights: Weights) -> None:
        self.version = weights.version
        self._weights = weights
        self._places = {output: at for at, output in enumerate(weights.outputs)}
        self._spans = _spans(weights.outputs)
        whole = [gram for gram in weights.grams if gram[0] == "=" or " " in gram]
        # Row 0 is nobody's, so that a row that was found is never falsy.
        self._names = ["", *(gram.removeprefix("=") for gram in whole)]
        self._used = len(self._names)
        self._table: Shorts = np.zeros((self._used + 4096, len(weights.outputs)), np.int16)
        rows = [weights.grams[gram] for gram in whole]
        self._table[1 : self._used] = weights.matrix[rows]
        places = {gram: at for at, gram in enumerate(whole, start=1)}
        self._words = {gram[1:]: at for gram, at in places.items() if gram[0] == "="}
        self._keys = _Rows(self._add)
        pairs = ((gram.split(" "), at) for gram, at in places.items() if " " in gram)
        self._pairs = {(self._keys[one], self._keys[other]): at for (one, other), at in pairs}
        self._taught = self._used

    def read(self, text: Text) -> "Scores":
        """What the different words and pairs of a text say, each once."""
        return self.read_all((text,))[0]

    def read_all(self, texts: Sequence[Text]) -> list["Scores"]:
        """As `read`, of many texts: their sums are worked out together, some dozens at a time."""
        return [said for some in _dozens(texts) for said in self._read(some)]

    def _read(self, texts: Sequence[Text]) -> list["Scores"]:
        if self._used + sum(len(text.keys) for text in texts) > _MOST:
            self._forget()
        different = [self._different(text) for text in texts]
        counts = np.fromiter(map(len, different), np.intp, len(different))
        ends = counts.cumsum()
        rows = np.fromiter(chain.from_iterable(different), np.intp, ends[-1])
        vectors = self._table.take(rows, 0)
        total = np.zeros((len(texts), len(self._weights.outputs)), np.float32)
        told = counts > 0
        # `reduceat` takes an empty run for the one row after it: texts without a word keep their zeros.
        if told.any():
            total[told] = np.add.reduceat(vectors, (ends - counts)[told], 0, np.float32)
        total *= self._weights.scale
        total *= (np.maximum(counts, 1) ** -0.5).astype(np.float32)[:, None]
        total += self._weights.bias
        spans = map(slice, (ends - counts).tolist(), ends.tolist())
        return [
            Scores(self, values, rows[span], vectors[span], self._names)
            for values, span in zip(total.tolist(), spans, strict=True)
        ]

    def _different(self, text: Text) -> set[int]:
        """The rows of a text's words and pairs, each once."""
        in_order = list(map(self._keys.__getitem__, text.keys))
        found = list(map(self._pairs.get, pairwise(in_order)))
        if text.marked:
            found += map(self._words.get, text.words)
        return {*in_order, *filter(None, found)}

    def span(self, question: str) -> tuple[int, tuple[str, ...]]:
        """Where a question's answers begin among the outputs, and which they are; none if it is not asked."""
        return self._spans.get(question, (0, ()))

    def place(self, output: str) -> int | None:
        """Where an output stands; None if the model has none of that name."""
        return self._places.get(output)

    def _add(self, key: str) -> int:
        known = [at for at in map(self._weights.grams.get, grams_of_key(key)) if at is not None]
        if self._used == len(self._table):
            self._table = np.concatenate([self._table, np.zeros_like(self._table)])
        self._table[self._used] = self._weights.matrix[known].sum(0, np.int16)
        self._names.append(key)
        self._used += 1
        return self._used - 1

    def _forget(self) -> None:
        for key in self._names[self._taught : self._used]:
            self._keys.pop(key, None)
        self._used = self._taught
        # A list of its own: what was read before still names its rows by the old one.
        self._names = self._names[: self._taught]


def _dozens(texts: Sequence[Text]) -> Iterator[Sequence[Text]]:
    return (texts[at : at + _TOGETHER] for at in range(0, len(texts), _TOGETHER))


def _spans(outputs: Sequence[str]) -> dict[str, tuple[int, tuple[str, ...]]]:
    spans: dict[str, tuple[int, tuple[str, ...]]] = {}
    for at, output in enumerate(outputs):
        question, _, answer = output.partition(":")
        start, answers = spans.get(question, (at, ()))
        spans[question] = (start, (*answers, answer))
    return spans


class Scores:
    """What the model says of one text, about 0..1 an answer; without a model nothing."""

    __slots__ = ("_model", "_names", "_rows", "_values", "_vectors", "version")

    def __init__(
        self, model: Linear, values: list[float], rows: Rows, vectors: Shorts, names: list[str]
    ) -> None:
        self._names = names
        self.version = model.version
        self._model = model
        self._values = values
        self._rows = rows
        self._vectors = vectors

    def of(self, question: str) -> tuple[tuple[str, ...], list[float]]:
        """The answers to a question and the score of each; empty if the model was not taught it."""
        start, answers = self._model.span(question)
        return answers, self._values[start : start + len(answers)]

    def value(self, output: str, unknown: float = 0.0) -> float:
        """One answer's score; `unknown` if the model does not know it."""
        at = self._model.place(output)
        return unknown if at is None else self._values[at]

    def words(self, output: str, most: int = 3) -> tuple[str, ...]:
        """The words and pairs (folded, or with their diacritics) that added most to an answer, in order."""
        at = self._model.place(output)
        if at is None:
            return ()
        added = self._vectors[:, at]
        best = np.negative(added).argsort(kind="stable")[:most]
        told = zip(self._rows[best].tolist(), added[best].tolist(), strict=True)
        return tuple(self._names[row] for row, points in told if points > 0)


def no_model() -> Linear:
    """Says nothing: for tests, and for whoever wants the rules alone."""
    nothing = np.zeros(0, np.float32)
    return Linear(Weights("model-none", (), {}, np.zeros((0, 0), np.int8), nothing, nothing))
