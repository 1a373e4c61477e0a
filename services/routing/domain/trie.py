"""A dictionary of word sequences, walked word by word: the automaton of the lexicon and of place names."""

from collections.abc import Iterable, Sequence
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Trie(Generic[Value]):
    """Sequences of words and the values that stand for each. Filled once, then only read."""

    __slots__ = ("children", "values")

    def __init__(self) -> None:
        self.children: dict[str, Trie[Value]] = {}
        self.values: tuple[Value, ...] = ()

    @classmethod
    def of(cls, entries: Iterable[tuple[Sequence[str], Value]]) -> "Trie[Value]":
        """A trie of (words, value) pairs; equal values of one sequence are kept once."""
        root = cls()
        for words, value in entries:
            node = root
            for word in words:
                node = node.children.setdefault(word, cls())
            if value not in node.values:
                node.values = (*node.values, value)
        return root

    def starts(self, words: Sequence[str]) -> list[int]:
        """Where a sequence may begin, by its first two words: few words are worth a walk from them."""
        children = self.children
        found = []
        for start, (word, following) in enumerate(zip(words, (*words[1:], ""), strict=False)):
            node = children.get(word)
            if node is not None and (node.values or following in node.children):
                found.append(start)
        return found

    def at(self, words: Sequence[str], start: int) -> list[tuple[int, tuple[Value, ...]]]:
        """Every sequence that begins at `start`, with its end, the shortest first."""
        found: list[tuple[int, tuple[Value, ...]]] = []
        node = self.children.get(words[start])
        end = start + 1
        while node is not None:
            if node.values:
                found.append((end, node.values))
            if end == len(words):
                break
            node = node.children.get(words[end])
            end += 1
        return found
