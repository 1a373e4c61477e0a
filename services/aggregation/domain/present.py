"""Where the cases of a unit of then lie on the map of another day, today's or any. Pure.

A former unit may live on in several present ones, and a present one may be made of several former ones. Its
cases belong to a unit of the other map only if all of what it became, or was made of, lies there; where only
a part does, nobody can say which cases, and they are told apart as split.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, Literal, TypeVar

from shared.units import UnitMap

K = TypeVar("K", bound=Hashable)
Place = Literal["inside", "split", "outside"]


@dataclass(frozen=True, slots=True)
class Where:
    """How a unit of then lies to one of the other map. `child`: the unit directly below that holds all of
    it; None when it is the unit itself or lies in several of those below."""

    place: Place
    child: str | None = None


def where(units: UnitMap, counted: str, target: str, day: date) -> Where:
    """Relate a unit of any time to `target`, which is valid on `day`."""
    there = [unit_id for unit_id, _ in units.present_of(counted, day)] or sorted(
        _origins(units, counted, day)
    )
    paths = [units.path(unit_id, day) for unit_id in there]
    inside = [path for path in paths if target in path]
    if not inside:
        return Where("outside")
    if len(inside) < len(paths):
        return Where("split")
    below = {path[path.index(target) - 1] if path[0] != target else None for path in inside}
    return Where("inside", below.pop() if len(below) == 1 else None)


def _origins(units: UnitMap, unit_id: str, day: date) -> set[str]:
    """The units valid on an earlier day of which this one was made since."""
    if units.unit(unit_id, day) is not None:
        return {unit_id}
    made_of = (edge for edge in units.predecessors(unit_id, date.max) if edge.effective > day)
    return {origin for edge in made_of for origin in _origins(units, edge.from_id, day)}


@dataclass(frozen=True, slots=True)
class Attributed(Generic[K]):
    """Counts on another map: what is the target's, by key; by unit below; and what is split."""

    cells: Mapping[K, int]
    children: Mapping[str | None, int]
    split: int


def attribute(rows: Iterable[tuple[str, K, int]], units: UnitMap, target: str, day: date) -> Attributed[K]:
    """`rows`: (unit of then, key, count)."""
    cells: Counter[K] = Counter()
    children: Counter[str | None] = Counter()
    split = 0
    known: dict[str, Where] = {}
    for unit, key, n in rows:
        if unit not in known:
            known[unit] = where(units, unit, target, day)
        found = known[unit]
        if found.place == "split":
            split += n
        elif found.place == "inside":
            cells[key] += n
            children[found.child] += n
    return Attributed(cells, children, split)
