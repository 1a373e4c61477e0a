"""The dated lexicon as an automaton over words.

A phrase written with diacritics matches exactly in a text that has them, and by its folded key in a text
typed without. One-word phrases with diacritics never match by key alone: `cho` is chó, chợ and cho.
"""

from datetime import date
from typing import NamedTuple

from services.routing.domain.ruleset import Rules, Term
from services.routing.domain.text import Text, read
from services.routing.domain.trie import Trie


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
        trie, words = (self._exact, text.words) if text.marked else (self._folded, text.keys)
        found: list[Hit] = []
        for start in trie.starts(words):
            for end, terms in reversed(trie.at(words, start)):
                for term in terms:
                    if term.valid_from <= on and (term.valid_to is None or on < term.valid_to):
                        found.append(Hit(term, start, end))
        return tuple(found)
