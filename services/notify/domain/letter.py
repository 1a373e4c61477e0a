"""What a message says: codes, category, place, deadline and a link. Never a report's text, never a person."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

MOST_LINES = 50
"""More than this nobody reads in a message; the rest is counted and linked."""


def code(subject_id: UUID) -> str:
    """What people call a case by: the last eight digits of its id."""
    tail = subject_id.hex[-8:].upper()
    return f"{tail[:4]}-{tail[4:]}"


@dataclass(frozen=True, slots=True)
class Item:
    """One subject with today's facts. A case has severity and state; a warning has observed and expected."""

    subject_kind: str
    subject_id: UUID
    category: str
    place: str
    restricted: bool = False
    severity: int | None = None
    state: str | None = None
    settle_by: datetime | None = None
    observed: int | None = None
    expected: float | None = None
    link: str = ""

    @property
    def code(self) -> str:
        """What people call it by."""
        return code(self.subject_id)


@dataclass(frozen=True, slots=True)
class Line:
    """One item in words."""

    title: str
    details: tuple[str, ...]
    link: str


@dataclass(frozen=True, slots=True)
class Letter:
    """A message in words: subject and intro are one line each, `more` counts what is not listed."""

    subject: str
    intro: str
    lines: tuple[Line, ...]
    more: str | None
    closing: str


@dataclass(frozen=True, slots=True)
class Words:
    """How to say things in the receiver's language: texts by key, names of codes, deadlines."""

    text: Callable[..., str]
    label: Callable[[str, str], str]
    moment: Callable[[datetime], str]


def write(kind: str, items: Sequence[Item], words: Words) -> Letter:
    """The letter of a message of kind urgent, digest or flood with at least one item."""
    lines = tuple(_line(item, words) for item in items[:MOST_LINES])
    left = len(items) - len(lines)
    more = words.text("mail.more", count=left) if left else None
    # Names of places come from elsewhere: whatever white space they hold, a subject is one line.
    subject = " ".join(_subject(kind, items, words).split())
    return Letter(subject, _intro(kind, items, words), lines, more, words.text("mail.closing"))


def _subject(kind: str, items: Sequence[Item], words: Words) -> str:
    first = items[0]
    if len(items) > 1:
        return words.text(f"mail.subject_{kind}", count=len(items))
    what = words.label("category", first.category)
    head = "warning" if first.subject_kind == "warning" else "urgent" if kind == "urgent" else "case"
    return words.text(f"mail.subject_one_{head}", what=what, place=first.place)


def _intro(kind: str, items: Sequence[Item], words: Words) -> str:
    if len(items) == 1:
        return words.text("mail.intro_one")
    counted = Counter(words.label("category", item.category) for item in items)
    top = "; ".join(f"{name}: {count}" for name, count in counted.most_common(5))
    return words.text(f"mail.intro_{kind}", count=len(items), top=top)


def _line(item: Item, words: Words) -> Line:
    name = words.label("category", item.category)
    if item.subject_kind == "warning":
        key = "mail.warning_figures" if item.expected is not None else "mail.warning_cleared"
        figures = words.text(key, observed=item.observed, expected=f"{item.expected or 0:.1f}")
        return Line(f"{words.text('mail.warning')}: {name}", (item.place, figures), item.link)
    details = [
        item.place,
        words.label("severity", str(item.severity)),
        words.label("state", item.state or ""),
    ]
    if item.settle_by is not None:
        details.append(words.text("mail.settle_by", at=words.moment(item.settle_by)))
    return Line(f"{words.text('mail.case')} {item.code}: {name}", tuple(details), item.link)
