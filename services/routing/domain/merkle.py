"""One hash for all heads of a day: a Merkle tree that is built as they come, in memory of its height."""

from datetime import date
from hashlib import sha256
from typing import Final
from uuid import UUID

_LEAF: Final = b"\x00"
_NODE: Final = b"\x01"
"""Leaves and nodes are hashed apart, so that none can pass for the other (RFC 9162, 2.1)."""


class Tree:
    """Heads of cases in order of their ids; `size` counts them."""

    __slots__ = ("_peaks", "size")

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[tuple[int, bytes]] = []

    def add(self, case_id: UUID, head: bytes) -> None:
        """The next case's head."""
        self.size += 1
        height, node = 0, sha256(_LEAF + case_id.bytes + head).digest()
        while self._peaks and self._peaks[-1][0] == height:
            _, left = self._peaks.pop()
            height, node = height + 1, sha256(_NODE + left + node).digest()
        self._peaks.append((height, node))

    def top(self) -> bytes:
        """The hash of all that were added; of nothing the hash of nothing."""
        if not self._peaks:
            return sha256(b"").digest()
        node = self._peaks[-1][1]
        for _, left in reversed(self._peaks[:-1]):
            node = sha256(_NODE + left + node).digest()
        return node


def root(before: bytes, day: date, tree: Tree) -> bytes:
    """A day's root over the root of the day before: so the newest one stands for all heads there ever were.

    The tree holds the heads, as the day left them, of the cases that were decided on that day.
    """
    return sha256(before + day.isoformat().encode() + tree.size.to_bytes(8) + tree.top()).digest()
