"""The kinds of personal data in free text and the marks that stand in their place."""

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """A kind of personal data; its value is the mark.

    Marks hold no digit and no capitalised name, so that redacting again changes nothing; and none of them,
    with or without its diacritics, is the name of a place or of a type of place.
    """

    PHONE = "[điện thoại]"
    EMAIL = "[email]"
    CITIZEN_ID = "[CCCD]"
    OLD_CITIZEN_ID = "[CMND]"
    PLATE = "[biển số]"
    ACCOUNT = "[tài khoản]"
    NUMBER = "[dãy số]"
    NAME = "[tên]"
    HOUSE = "[số nhà]"


Match = tuple[int, int, Kind]
"""Start and end (exclusive) in the composed reading of a text, and what was found."""


@dataclass(frozen=True, slots=True)
class Span:
    """Where personal data stood: code points `start` to `end` (exclusive) of the text before redaction."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class Redacted:
    """A text without the personal data that was found, and where it had been, in order, not overlapping."""

    text: str
    spans: tuple[Span, ...]
