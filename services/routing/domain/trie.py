"""A dictionary of word sequences, walked word by word: the automaton of the lexicon and of place names."""

from collections.abc import Iterable, Sequence
from itertools import compress, count, pairwise
from typing import Generic, TypeVar

Value = TypeVar("Value")


class _Node(Generic[Value]):
    """What may follow the words up to here, and the values of the sequence that ends here."""

    __slots__ = ("children", "values")

    def __init__(self) -> None:
        self.children: dict[str, _Node[Value]] = {}
        self.values: tuple[Value, ...] = ()


class Trie(Generic[Value]):
    """Sequences of words and the values that stand for each. Filled once, then only read."""

    __slots__ = ("_alone", "_longest", "_pairs", "_words")

    def __init__(self, entries: Iterable[tuple[Sequence[str], Value]]) -> None:
        """Of (words, value) pairs; equal values of one sequence are kept once."""
        root: _Node[Value] = _Node()
        self._longest = 0
        for words, value in entries:
            node = root
            self._longest = max(self._longest, len(words))
            for word in words:
                node = node.children.setdefault(word, _Node())
            if value not in node.values:
                node.values = (*node.values, value)
        self._words = root.children
        self._alone = frozenset(word for word, node in self._words.items() if node.values)
        self._pairs = frozenset(
            (word, after) for word, node in self._words.items() for after in node.children
        )

    def starts(self, words: Sequence[str]) -> list[int]:
        """Where a sequence may begin, by its first two words: few words are worth a walk from them."""
        found = list(compress(count(), map(self._pairs.__contains__, pairwise(words))))
        if self._alone.isdisjoint(words):
            return found
        return sorted({*found, *compress(count(), map(self._alone.__contains__, words))})

    def found(self, words: Sequence[str]) -> list[tuple[int, int, tuple[Value, ...]]]:
        """Every sequence in a text: start, end, values; in order of the start, the longest first."""
        out: list[tuple[int, int, tuple[Value, ...]]] = []
        for start in self.starts(words):
            node = self._words[words[start]]
            many = len(out)
            if node.values:
                out.append((start, start + 1, node.values))
            for end, word in enumerate(words[start + 1 : start + self._longest], start + 2):
                after = node.children.get(word)
                if after is None:
                    break
                node = after
                if node.values:
                    out.append((start, end, node.values))
            if len(out) - many > 1:
                out[many:] = reversed(out[many:])
        return out

    def at(self, words: Sequence[str], start: int) -> list[tuple[int, tuple[Value, ...]]]:
        """Every sequence that begins at `start`, with its end, the shortest first."""
        found: list[tuple[int, tuple[Value, ...]]] = []
        node = self._words.get(words[start])
        end = start + 1
        while node is not None:
            if node.values:
                found.append((end, node.values))
            if end == len(words):
                break
            node = node.children.get(words[end])
            end += 1
        return found
