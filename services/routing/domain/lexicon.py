"""The dated lexicon as an automaton over words: from a first word to the phrases that begin with it.

A phrase written with diacritics matches exactly in a text that has them, and by its folded key in a text
typed without. One-word phrases with diacritics never match by key alone: `cho` is chó, chợ and cho.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from services.routing.domain.ruleset import Rules, Term
from services.routing.domain.text import Text, read


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: its term, and the words [start, end)."""

    term: Term
    start: int
    end: int


_Node = dict[str, tuple[tuple[int, dict[str, tuple[Term, ...]]], ...]]


class Lexicon:
    """All terms, indexed once; look-up costs one dictionary access a word and one a possible phrase."""

    __slots__ = ("_exact", "_folded")

    def __init__(self, rules: Rules) -> None:
        exact: dict[tuple[str, ...], list[Term]] = {}
        folded: dict[tuple[str, ...], list[Term]] = {}
        for term in rules.terms:
            words = read(term.phrase)
            exact.setdefault(words.words, []).append(term)
            if len(words.keys) > 1 or words.keys == words.words:
                folded.setdefault(words.keys, []).append(term)
        self._exact = _node(exact)
        self._folded = _node(folded)

    def hits(self, text: Text, on: date) -> tuple[Hit, ...]:
        """Every phrase in force on that date, in the order of the text, the longest first at each word."""
        tree, words = (self._exact, text.words) if text.marked else (self._folded, text.keys)
        return tuple(
            Hit(term, start, end)
            for start, end, terms in _walk(tree, words)
            for term in terms
            if term.valid_from <= on and (term.valid_to is None or on < term.valid_to)
        )


def _node(phrases: dict[tuple[str, ...], list[Term]]) -> _Node:
    by_first: dict[str, dict[int, dict[str, tuple[Term, ...]]]] = {}
    for words, terms in phrases.items():
        by_first.setdefault(words[0], {}).setdefault(len(words), {})[" ".join(words)] = tuple(terms)
    return {
        first: tuple(sorted(lengths.items(), key=lambda item: -item[0]))
        for first, lengths in by_first.items()
    }


def _walk(tree: _Node, words: tuple[str, ...]) -> Iterator[tuple[int, int, tuple[Term, ...]]]:
    for start, word in enumerate(words):
        lengths = tree.get(word)
        if lengths is None:
            continue
        for length, phrases in lengths:
            terms = phrases.get(word if length == 1 else " ".join(words[start : start + length]))
            if terms is not None:
                yield start, start + length, terms
