"""Phrases found in a text as the lexicon finds its terms: with diacritics where the writer typed them."""

from collections.abc import Iterable
from typing import Generic, TypeVar

from services.routing.domain.text import Text, read
from services.routing.domain.trie import Trie

Value = TypeVar("Value")


class Phrases(Generic[Value]):
    """Phrases and the values that stand for each. One word with diacritics never matches by its folded key:
    `đê` is not `để`, and in a text without diacritics neither can be told."""

    __slots__ = ("_exact", "_folded")

    def __init__(self, entries: Iterable[tuple[str, Value]]) -> None:
        known = [(read(phrase), value) for phrase, value in entries]
        self._exact = Trie((text.words, value) for text, value in known)
        self._folded = Trie(
            (text.keys, value) for text, value in known if len(text.keys) > 1 or text.keys == text.words
        )

    def find(self, text: Text) -> frozenset[Value]:
        """The values of every phrase in the text."""
        trie, words = (self._exact, text.words) if text.marked else (self._folded, text.keys)
        return frozenset(
            value for start in trie.starts(words) for _, values in trie.at(words, start) for value in values
        )
