"""The dated lexicon as an automaton over words.

A phrase written with diacritics matches exactly in a text that has them, and by its folded key in a text
typed without. One-word phrases with diacritics never match by key alone: `cho` is chó, chợ and cho.
"""

from collections.abc import Sequence
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


class Lexicon:
    """All terms, indexed once; look-up walks a trie from each word of a text."""

    __slots__ = ("_exact", "_folded")

    def __init__(self, rules: Rules) -> None:
        read_terms = [(read(term.phrase), term) for term in rules.terms]
        self._exact = Trie((text.words, term) for text, term in read_terms)
        self._folded = Trie(
            (text.keys, term) for text, term in read_terms if len(text.keys) > 1 or text.keys == text.words
        )

    def hits(self, text: Text, on: date) -> tuple[Hit, ...]:
        """Every phrase in force on that date, in the order of the text, the longest first at each word."""
        if not text.marked:
            return tuple(_found(self._folded, text.keys, on))
        exact = _found(self._exact, text.words, on)
        plain = bytes(map(is_, text.words, text.keys))
        if _RUN not in plain:
            return tuple(exact)
        # Who writes a sentence of it without diacritics means it all the same.
        more = (hit for hit in _found(self._folded, text.keys, on) if all(plain[hit.start : hit.end]))
        return tuple(sorted({*exact, *more}, key=_in_order))


def _found(trie: Trie[Term], words: Sequence[str], on: date) -> list[Hit]:
    found: list[Hit] = []
    for start in trie.starts(words):
        for end, terms in reversed(trie.at(words, start)):
            for term in terms:
                if term.valid_from <= on and (term.valid_to is None or on < term.valid_to):
                    found.append(Hit(term, start, end))
    return found


def _in_order(hit: Hit) -> tuple[int, int, str, str]:
    return hit.start, -hit.end, hit.term.tag, hit.term.phrase
