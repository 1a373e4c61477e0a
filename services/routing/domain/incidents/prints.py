"""What a report is compared by, made once: few bytes, from which nobody reads the text.

Words are kept as 32-bit checksums. A list of all Vietnamese syllables would undo them, so a fingerprint is
the reporter's own and is erased with the text.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from zlib import crc32

from services.routing.domain.remembered import Remembered
from shared.contracts.vocabulary import CATEGORIES, Category, Severity

_VERSION = 1
_HEAD = struct.Struct("<BBBBBB")
_MOST = 255
_PROPOSAL, _SURE, _OTHER, _FOLLOWS = 1, 2, 4, 8


def checksum(word: str) -> int:
    """A word's, a matter's or a spot's 32 bits."""
    return crc32(word.encode())


CHECKSUMS = Remembered(checksum)


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A report as it is compared: its words, what it is about, where in its place, how likely each category.

    `topics`: category -> share in 0..1. `proposal`: it proposes, asks or praises, and reports no event.
    `sure`: its unit is sure. `other`: it says that it is about something else. `follows`: it says that it
    goes on with an earlier report.
    """

    words: frozenset[int]
    matters: frozenset[int]
    spots: frozenset[int]
    topics: Mapping[Category, float]
    severity: Severity
    proposal: bool
    sure: bool
    other: bool
    follows: bool

    @property
    def category(self) -> Category:
        """The likeliest one."""
        return max(self.topics, key=self.topics.__getitem__)

    def to_bytes(self) -> bytes:
        """As it is stored, at most 255 of each kind kept."""
        flags = (
            (_PROPOSAL if self.proposal else 0)
            | (_SURE if self.sure else 0)
            | (_OTHER if self.other else 0)
            | (_FOLLOWS if self.follows else 0)
        )
        groups = [sorted(group)[:_MOST] for group in (self.matters, self.spots, self.words)]
        topics = [(CATEGORIES.index(name), round(share * 255)) for name, share in self.topics.items()][:_MOST]
        head = _HEAD.pack(_VERSION, flags, self.severity, len(topics), len(groups[0]), len(groups[1]))
        numbers = [number for group in groups for number in group]
        return (
            head
            + bytes(number for pair in topics for number in pair)
            + struct.pack(f"<{len(numbers)}I", *numbers)
        )

    @classmethod
    def from_bytes(cls, stored: bytes) -> "Fingerprint":
        """As `to_bytes` wrote it. Raises ValueError for what no version of ours wrote."""
        try:
            version, flags, severity, topics, matters, spots = _HEAD.unpack_from(stored)
            if version != _VERSION or severity not in (0, 1, 2, 3):
                raise ValueError(f"a fingerprint of version {version}")
            begin = _HEAD.size + 2 * topics
            pairs = stored[_HEAD.size : begin]
            numbers = struct.unpack(f"<{(len(stored) - begin) // 4}I", stored[begin:])
            return cls(
                words=frozenset(numbers[matters + spots :]),
                matters=frozenset(numbers[:matters]),
                spots=frozenset(numbers[matters : matters + spots]),
                topics={
                    CATEGORIES[at]: share / 255  # type: ignore[misc]
                    for at, share in zip(pairs[::2], pairs[1::2], strict=True)
                },
                severity=severity,
                proposal=bool(flags & _PROPOSAL),
                sure=bool(flags & _SURE),
                other=bool(flags & _OTHER),
                follows=bool(flags & _FOLLOWS),
            )
        except (struct.error, IndexError) as error:
            raise ValueError("not a fingerprint") from error
