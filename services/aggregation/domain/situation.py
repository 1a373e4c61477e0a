"""What a situation report (báo cáo tình hình) says of a unit's week or month. Pure: figures in, lines out.

Sections after published reports of the Front; the layout of Nghị định 30/2020 belongs to the page.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.aggregation.domain.suppression import is_small, suppress, suppress_lines
from shared.contracts.vocabulary import ENDED_STATES

FINAL_STATES = ENDED_STATES
"""A request in one of these waits for nobody; in any other it can be overdue."""
NOTABLE_FLAGS = ("dong_nguoi", "diem_nong")
URGENT = 3


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """Cases of a category by purpose, now and in the period before; None: hidden, with its whole line."""

    category: str
    requests: int | None
    requests_before: int | None
    observations: int | None
    observations_before: int | None

    @property
    def told(self) -> bool:
        """Whether the cases of this period may be told one by one."""
        return self.requests is not None and self.observations is not None


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
    """One line a category that occurs in either period, the largest first; small ones hidden as
    `suppress_lines` says, each period by itself."""
    names = {category for category, _, _ in (*now, *before)}
    tables = [_by_purpose(rows, names) for rows in (now, before)]
    sizes = {name: sum(cells) for name, cells in tables[0].items()}
    shown_now, shown_before = (suppress_lines(table, limit) for table in tables)
    lines = []
    for name in sorted(names, key=lambda name: (-sizes[name], name)):
        (requests, observations), (requests_before, observations_before) = shown_now[name], shown_before[name]
        lines.append(CategoryLine(name, requests, requests_before, observations, observations_before))
    return lines


def mood_lines(observed: Sequence[Observed], limit: int) -> list[MoodLine]:
    """One line a group, the largest first. Small groups are hidden whole, and so are those that `suppress`
    hides with them; in a line that is told, stance and breadth each hide enough that the group's size, which
    the other may tell, gives no cell away. None at all where all observations together are few.
    """
    sizes: Counter[str] = Counter()
    for one in observed:
        sizes[one.group] += one.n
    if is_small(sizes.total(), limit):
        return []
    told = suppress(sizes, limit).cells
    return [
        _mood(group, [one for one in observed if one.group == group], limit)
        if told[group] is not None
        else MoodLine(
            group,
            dict.fromkeys((one.stance for one in observed), None),
            dict.fromkeys((one.breadth for one in observed), None),
            None,
        )
        for group in sorted(sizes, key=lambda name: (-sizes[name], name))
    ]


def silent(expected: Iterable[str], counted: Iterable[tuple[str, int]]) -> list[str]:
    """The units that sent nothing, in the order given."""
    heard = {unit for unit, n in counted if n}
    return [unit for unit in expected if unit not in heard]


def _by_purpose(rows: PurposeCounts, names: Iterable[str]) -> dict[str, list[int]]:
    """(requests, observations) of each category."""
    table = {name: [0, 0] for name in names}
    for category, purpose, n in rows:
        table[category][("request", "observation").index(purpose)] += n
    return table


def _mood(group: str, observed: Sequence[Observed], limit: int) -> MoodLine:
    """The line of a group that is not small."""
    stances: Counter[str] = Counter()
    breadths: Counter[str] = Counter()
    heard = {"second_hand": 0, "first_hand": 0}
    for one in observed:
        stances[one.stance] += one.n
        breadths[one.breadth] += one.n
        heard["second_hand"] += one.second_hand
        heard["first_hand"] += one.n - one.second_hand
    second_hand = suppress(heard, limit).cells["second_hand"]
    return MoodLine(group, suppress(stances, limit).cells, suppress(breadths, limit).cells, second_hand)
