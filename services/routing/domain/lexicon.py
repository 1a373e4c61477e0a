"""The dated lexicon as an automaton over words.

A phrase written with diacritics matches exactly in a text that has them, and by its folded key in a text
typed without. One-word phrases with diacritics never match by key alone: `cho` is chó, chợ and cho.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from operator import is_
from typing import NamedTuple

from services.routing.domain.ruleset import Rules, Term
from services.routing.domain.text import Text, read
from services.routing.domain.trie import Trie

_RUN = b"\1" * 6
"""So many words in a row without diacritics are a sentence typed without."""


class Hit(NamedTuple):
    """A phrase found: its term, and the words [start, end)."""

    term: Term
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Period:
    """The terms in force from one day on until the next change: exact, and folded."""

    exact: Trie[Term]
    folded: Trie[Term]


class Lexicon:
    """All terms, indexed once for each period; look-up walks a trie from each word of a text."""

    __slots__ = ("_days", "_periods")

    def __init__(self, rules: Rules) -> None:
        known = [(read(term.phrase), term) for term in rules.terms]
        changes = {day for term in rules.terms for day in (term.valid_from, term.valid_to) if day}
        self._days = sorted(changes)
        self._periods = [_period(known, day) for day in self._days]

    def hits(self, text: Text, on: date) -> tuple[Hit, ...]:
        """Every phrase in force on that date, in the order of the text, the longest first at each word."""
        at = bisect_right(self._days, on) - 1
        if at < 0:
            return ()
        period = self._periods[at]
        if not text.marked:
            return tuple(_found(period.folded, text.keys))
        exact = _found(period.exact, text.words)
        plain = bytes(map(is_, text.words, text.keys))
        if _RUN not in plain:
            return tuple(exact)
        # Who writes a sentence of it without diacritics means it all the same.
        more = (hit for hit in _found(period.folded, text.keys) if all(plain[hit.start : hit.end]))
        return tuple(sorted({*exact, *more}, key=_in_order))


def _period(known: Sequence[tuple[Text, Term]], day: date) -> _Period:
    valid = [(text, term) for text, term in known if _in_force(term, day)]
    folded = ((text.keys, term) for text, term in valid if len(text.keys) > 1 or text.keys == text.words)
    return _Period(Trie((text.words, term) for text, term in valid), Trie(folded))


def _in_force(term: Term, day: date) -> bool:
    return term.valid_from <= day and (term.valid_to is None or day < term.valid_to)


def _found(trie: Trie[Term], words: Sequence[str]) -> list[Hit]:
    return [Hit(term, start, end) for start, end, terms in trie.found(words) for term in terms]


def _in_order(hit: Hit) -> tuple[int, int, str, str]:
    return hit.start, -hit.end, hit.term.tag, hit.term.phrase
