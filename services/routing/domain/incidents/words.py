"""The words by which two reports are alike, as their writer wrote them: for officers."""

from collections.abc import Collection

from services.routing.domain.incidents.matching import Matching
from services.routing.domain.incidents.prints import CHECKSUMS
from services.routing.domain.text import Text

_MOST, _TELLING = 8, 1.0


def words_of(text: Text, shared: Collection[int], matching: Matching) -> tuple[str, ...]:
    """The most telling of the shared words, in the order of the text."""
    found = {word: CHECKSUMS[key] for word, key in zip(text.words, text.keys, strict=True)}
    told = {word: matching.told_by(mark) for word, mark in found.items() if mark in shared}
    told = {word: much for word, much in told.items() if much >= _TELLING}
    best = sorted(told, key=lambda word: -told[word])[:_MOST]
    return tuple(word for word in found if word in best)
