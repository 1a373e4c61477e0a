"""What a situation report (báo cáo tình hình) says of a unit's week or month. Pure: figures in, lines out.

Sections after published reports of the Front; the layout of Nghị định 30/2020 belongs to the page.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.aggregation.domain.suppression import suppress

FINAL_STATES = ("noted", "withdrawn", "answered", "closed")
"""A request in one of these waits for nobody; in any other it can be overdue."""
NOTABLE_FLAGS = ("dong_nguoi", "diem_nong")
URGENT = 3


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """Cases of a category by purpose, now and in the period before; None: hidden as a small cell."""

    category: str
    requests: int | None
    requests_before: int | None
    observations: int | None
    observations_before: int | None


@dataclass(frozen=True, slots=True)
class MoodLine:
    """Observations of a group by stance and by breadth; None: hidden as a small cell."""

    group: str
    stances: Mapping[str, int | None]
    breadths: Mapping[str, int | None]
    second_hand: int | None


@dataclass(frozen=True, slots=True)
class Notable:
    """A crowd, a hot spot or an urgent case."""

    case_id: UUID
    day: date
    unit: str
    category: str
    severity: int
    flags: Sequence[str]
    state: str


@dataclass(frozen=True, slots=True)
class Observed:
    """One count of observations, as read."""

    group: str
    stance: str
    breadth: str
    n: int
    second_hand: int


PurposeCounts = Sequence[tuple[str, str, int]]
"""(category, purpose, count)"""


def category_lines(now: PurposeCounts, before: PurposeCounts, limit: int) -> list[CategoryLine]:
    """One line a category that occurs in either period, the largest first; small cells as `suppress` says."""
    names = {category for category, _, _ in (*now, *before)}
    sizes = Counter(dict.fromkeys(names, 0))
    for category, _, n in now:
        sizes[category] += n
    cells = [
        _column(rows, purpose, names, limit)
        for purpose in ("request", "observation")
        for rows in (now, before)
    ]
    ordered = sorted(names, key=lambda name: (-sizes[name], name))
    return [CategoryLine(name, *(column[name] for column in cells)) for name in ordered]


def mood_lines(observed: Sequence[Observed], limit: int) -> list[MoodLine]:
    """One line a group, the largest first; small cells as `suppress` says."""
    sizes: Counter[str] = Counter()
    stances: Counter[tuple[str, str]] = Counter()
    breadths: Counter[tuple[str, str]] = Counter()
    heard: Counter[str] = Counter()
    for one in observed:
        sizes[one.group] += one.n
        stances[one.group, one.stance] += one.n
        breadths[one.group, one.breadth] += one.n
        heard[one.group] += one.second_hand
    by_stance, by_breadth = suppress(stances, limit).cells, suppress(breadths, limit).cells
    second_hand = suppress(heard, limit).cells
    return [
        MoodLine(group, _of(by_stance, group), _of(by_breadth, group), second_hand[group])
        for group in sorted(sizes, key=lambda name: (-sizes[name], name))
    ]


def silent(expected: Iterable[str], counted: Iterable[tuple[str, int]]) -> list[str]:
    """The units that sent nothing, in the order given."""
    heard = {unit for unit, n in counted if n}
    return [unit for unit in expected if unit not in heard]


def _column(rows: PurposeCounts, purpose: str, names: set[str], limit: int) -> Mapping[str, int | None]:
    found = dict.fromkeys(names, 0)
    for category, of_purpose, n in rows:
        if of_purpose == purpose:
            found[category] += n
    return suppress(found, limit).cells


def _of(cells: Mapping[tuple[str, str], int | None], group: str) -> dict[str, int | None]:
    return {value: n for (of_group, value), n in cells.items() if of_group == group}
