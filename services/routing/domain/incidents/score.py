"""How much speaks for two reports of one place being about one incident: log-odds, and what they rest on."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import log1p, sqrt
from typing import Literal

from services.routing.domain.incidents.prints import Fingerprint
from shared.contracts.vocabulary import Category

WeightName = Literal[
    "constant",
    "matter",
    "matter_share",
    "matter_differs",
    "words",
    "words_share",
    "category",
    "spot_same",
    "spot_differs",
    "days",
    "hours",
    "urgent",
    "rare_words",
    "proposal_beside",
    "proposals",
    "proposal_beside_urgent",
    "both_sure",
    "whole_group",
]
"""`whole_group` is no evidence: how far a group's mean counts beside its best member (0..1)."""

_MOST_MATTERS, _MOST_WORDS, _RARE = 2, 40.0, 2.2
_FEW_WORDS = 15.0
"""What a text is taken to hold at least: two short ones that share a word are not yet alike."""
_MOST_TOTALS = 8_192
_BURST_HOURS, _URGENT_HOURS = 7.2, 48.0


@dataclass(frozen=True, slots=True)
class Telling:
    """What words tell (nats), by their checksums."""

    words: Mapping[int, float]
    unknown: float
    _totals: dict[frozenset[int], float] = field(default_factory=dict, compare=False)
    """Of whole texts: each is compared with many."""

    def of_words(self, words: Iterable[int]) -> float:
        get, unknown = self.words.get, self.unknown
        return sum([get(word, unknown) for word in words])

    def of_text(self, words: frozenset[int]) -> float:
        total = self._totals.get(words)
        if total is None:
            if len(self._totals) >= _MOST_TOTALS:
                self._totals.clear()
            total = self._totals[words] = self.of_words(words)
        return total


def score(
    one: Fingerprint, other: Fingerprint, hours: float, weights: Mapping[str, float], telling: Telling
) -> float:
    """The log-odds that two reports of one place, `hours` apart, are about one incident; symmetric."""
    total = weights["constant"] + weights["days"] * log1p(hours / 24)
    total += _wording(one, other, weights, telling) + _matters(one, other, weights)
    total += weights["category"] * _alike(one.topics, other.topics)
    if one.spots and other.spots:
        total += weights["spot_differs" if one.spots.isdisjoint(other.spots) else "spot_same"]
    if hours < _BURST_HOURS:
        total += weights["hours"]
    if hours < _URGENT_HOURS and one.severity == other.severity == 3:
        total += weights["urgent"]
    if one.proposal != other.proposal:
        total += weights["proposal_beside"]
        if max(one.severity, other.severity) == 3:
            total += weights["proposal_beside_urgent"]
    elif one.proposal:
        total += weights["proposals"]
    if one.sure and other.sure:
        total += weights["both_sure"]
    return total


def _wording(one: Fingerprint, other: Fingerprint, weights: Mapping[str, float], telling: Telling) -> float:
    shared = one.words & other.words
    if not shared:
        return 0.0
    told = telling.of_words(shared)
    least = min(telling.of_text(one.words), telling.of_text(other.words))
    get, unknown = telling.words.get, telling.unknown
    rare = sum([get(word, unknown) > _RARE for word in shared])
    return (
        weights["words"] * min(told, _MOST_WORDS)
        + weights["words_share"] * told / (least + _FEW_WORDS)
        + weights["rare_words"] * log1p(rare)
    )


def _matters(one: Fingerprint, other: Fingerprint, weights: Mapping[str, float]) -> float:
    if not one.matters or not other.matters:
        return 0.0
    shared = len(one.matters & other.matters)
    if not shared:
        return weights["matter_differs"]
    share = shared / len(one.matters | other.matters)
    return weights["matter"] * min(shared, _MOST_MATTERS) + weights["matter_share"] * share


def _alike(one: Mapping[Category, float], other: Mapping[Category, float]) -> float:
    """The cosine of two distributions over categories, 0..1."""
    dot = sum([share * other[category] for category, share in one.items() if category in other])
    if not dot:
        return 0.0
    norm = sum([s * s for s in one.values()]) * sum([s * s for s in other.values()])
    return dot / sqrt(norm)
