"""Counts of the units of then, laid on the map of another day, today's or any. Pure.

What lies only partly in a unit of the other map is told apart as split: nobody can say which cases.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from shared.units import UnitMap
from shared.units.relation import Where, given, where

K = TypeVar("K", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Attributed(Generic[K]):
    """Counts on another map: what is the target's, by key; by unit below; and what is split."""

    cells: Mapping[K, int]
    children: Mapping[str | None, int]
    split: int


def attribute(
    rows: Iterable[tuple[str, K, int]],
    units: UnitMap,
    target: str,
    day: date,
    moved: Sequence[tuple[str, str, K, int]] = (),
) -> Attributed[K]:
    """`rows`: (unit of then, key, count). `moved`: (unit of then, unit of now, key, count) of those among
    them that stand elsewhere by now: where the unit was split, a person has said for each where it belongs.
    """
    cells: Counter[K] = Counter()
    children: Counter[str | None] = Counter()
    split = 0
    known = _Known(units, target, day)
    told = [one for one in moved if known.tells_more(one[0], one[1])]
    placed = [(then, key, -n) for then, _, key, n in told] + [(now, key, n) for _, now, key, n in told]
    for unit, key, n in (*rows, *placed):
        found = known[unit]
        if found.place == "split":
            split += n
        elif found.place == "inside":
            cells[key] += n
            children[found.child] += n
    return Attributed(cells, children, split)


def moved_to(
    units: UnitMap, target: str, day: date, pairs: Iterable[tuple[str, str]]
) -> list[tuple[str, str, bool]]:
    """(unit of then, unit of now, whether its cases are the target's) of those pairs of which the unit of now
    says more than that of then; as `attribute` counts them."""
    known = _Known(units, target, day)
    return [(then, now, known[now].place == "inside") for then, now in pairs if known.tells_more(then, now)]


def child_of(units: UnitMap, target: str, day: date, then: str, now: str | None) -> str:
    """The unit directly below the target that holds a case of a unit of then, maybe moved since; the target
    itself where none does."""
    known = _Known(units, target, day)
    place = known[now] if now is not None and known.tells_more(then, now) else known[then]
    return place.child or target


class _Known(dict[str, Where]):
    """Where each unit lies, asked once."""

    def __init__(self, units: UnitMap, target: str, day: date) -> None:
        super().__init__()
        self._asked = units, target, day

    def __missing__(self, unit: str) -> Where:
        units, target, day = self._asked
        found = self[unit] = where(units, unit, target, day)
        return found

    def tells_more(self, then: str, now: str) -> bool:
        """Whether the unit of now says more of a case's place than that of then: it was split; or all of it
        lies here and only part of it in each unit below; or it goes on, but gave away the part where the
        case is."""
        units, _, day = self._asked
        was, is_ = self[then], self[now]
        if was.place == "split" or given(units, then, now, day):
            return True
        return was == Where("inside") and is_.place == "inside" and is_.child is not None
