"""Training: ridge regression of every answer on the n-grams of the labelled samples.

The lexicon's stronger phrases are small texts of their category, so that the model knows the words that no
sample happens to use. A text with diacritics is learned a second time without them, at half the weight.
Everything is one equation, solved in the same steps each time: the same samples give the same weights.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import Ridge

from services.routing.domain.grams import (
    grams_of_key,
    grams_of_pair,
    grams_of_word,
    keys_of,
    pairs_of,
    words_of,
)
from services.routing.domain.linear import Weights
from services.routing.domain.ruleset import Rules
from services.routing.domain.text import Text, fold, read
from services.routing.model.weights import packed

_SOLVED: tuple[tuple[float, tuple[str, ...]], ...] = (
    (8.0, ("category",)),
    (3.0, ("kind", "severity", "accused")),
)
"""Questions that are solved together, and how much their weights are held back, by cross-validation."""
_EXACT = 1e-5
"""What may be left of the residual: of weights in eight bits hardly one in ten thousand is another then."""
_PHRASE = 0.12
"""What a phrase counts beside a sample, at full strength: the lexicon itself has its say at run time."""
_PLAIN = 0.5
"""What a sample counts again without its diacritics."""
_SOURCES = 2
"""In so many different lessons a pair, or a word with its diacritics, must stand: what one report alone has
teaches nothing about others, and costs memory that every reading waits for."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A text, the right answer by question (a phrase knows only its category), and its weight.

    `again`: the same report without its diacritics.
    """

    text: Text
    answers: Mapping[str, str]
    weight: float
    again: bool = False


def lessons(samples: Iterable[tuple[str, Mapping[str, Any]]], rules: Rules) -> list[Lesson]:
    """From (text, labels) of samples, and the phrases of two or three points."""
    out: list[Lesson] = []
    for raw, labels in samples:
        answers = {
            "category": labels["category"],
            "kind": labels["legal_kind"],
            "severity": str(labels["severity"]),
            "accused": labels["accused"] or "none",
        }
        text = read(raw)
        out.append(Lesson(text, answers, 1.0))
        if text.marked:
            out.append(Lesson(read(fold(text.original)), answers, _PLAIN, again=True))
    strong = [term for term in rules.terms if term.tag in rules.categories and term.weight > 1]
    out += [Lesson(read(t.phrase), {"category": t.tag}, _PHRASE * t.weight / 3) for t in strong]
    return out


def train(taught: Sequence[Lesson]) -> Weights:
    """The weights that these lessons lead to."""
    counts = [_grams(lesson.text) for lesson in taught]
    seen: Counter[str] = Counter(chain.from_iterable(found for found, _ in counts))
    grams = sorted(seen.keys() - _single(taught, counts))
    rarity = np.log((1 + len(taught)) / (1 + np.array([seen[gram] for gram in grams]))) + 1
    places = {gram: at for at, gram in enumerate(grams)}
    table = _table(counts, places, rarity)
    outputs: list[str] = []
    parts: list[npt.NDArray[np.float64]] = []
    biases: list[npt.NDArray[np.float64]] = []
    for alpha, questions in _SOLVED:
        found, exact, bias = _solve(questions, alpha, taught, table)
        outputs += found
        parts.append(exact * rarity[:, None])
        biases.append(bias)
    return packed(tuple(outputs), grams, np.hstack(parts), np.concatenate(biases))


def _single(taught: Sequence[Lesson], counts: Sequence[tuple[Counter[str], int]]) -> set[str]:
    """Pairs, and words with their diacritics, that stand in too few lessons."""
    sources: Counter[str] = Counter()
    for lesson, (found, _) in zip(taught, counts, strict=True):
        sources.update(dict.fromkeys(found, 0 if lesson.again else 1))
    return {gram for gram, many in sources.items() if many < _SOURCES and (gram[0] == "=" or " " in gram)}


def _grams(text: Text) -> tuple[Counter[str], int]:
    """How often each n-gram stands in a text, and the text's number of words and pairs."""
    keys, words, pairs = keys_of(text), words_of(text), pairs_of(text)
    found = Counter(chain.from_iterable(map(grams_of_key, keys)))
    found.update(chain.from_iterable(map(grams_of_word, words)))
    found.update(chain.from_iterable(map(grams_of_pair, pairs)))
    return found, max(1, len(keys) + len(words) + len(pairs))


def _table(
    counts: Sequence[tuple[Counter[str], int]], places: Mapping[str, int], rarity: npt.NDArray[np.float64]
) -> sparse.csr_matrix:
    rows, columns, values = [], [], []
    for at, (found, size) in enumerate(counts):
        for gram, times in found.items():
            place = places.get(gram)
            if place is not None:
                rows.append(at)
                columns.append(place)
                values.append(times * rarity[place] / size**0.5)
    return sparse.csr_matrix((values, (rows, columns)), shape=(len(counts), len(places)))


def _solve(
    questions: Sequence[str], alpha: float, taught: Sequence[Lesson], table: sparse.csr_matrix
) -> tuple[list[str], npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """The outputs in order, the weights (grams, outputs), and each output's share among the lessons."""
    told = [at for at, lesson in enumerate(taught) if all(one in lesson.answers for one in questions)]
    pairs = [(q, a) for q in questions for a in sorted({taught[at].answers[q] for at in told})]
    right = np.array([[taught[at].answers[q] == a for q, a in pairs] for at in told], float)
    weight = np.array([taught[at].weight for at in told])
    bias = np.average(right, axis=0, weights=weight)
    # A factorisation would need a square of all lessons: gigabytes.
    ridge = Ridge(alpha=alpha, fit_intercept=False, solver="sparse_cg", tol=_EXACT)
    ridge.fit(table[told], right - bias, sample_weight=weight)
    return [f"{q}:{a}" for q, a in pairs], np.atleast_2d(ridge.coef_).T, bias
