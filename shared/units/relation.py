"""Where a unit of any time lies on the map of another day, today's or any.

A former unit may live on in several present ones, and a present one may be made of several former ones. What
a unit holds belongs to a unit of the other map only if all of what it became, or was made of, lies there;
where only a part does, nobody can say which, and it is told apart as split.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Literal

from shared.units.unit_map import UnitMap

Place = Literal["inside", "split", "outside"]


@dataclass(frozen=True, slots=True)
class Where:
    """How a unit of then lies to one of the other map. `child`: the unit directly below that holds all of
    it; None when it is the unit itself or lies in several of those below."""

    place: Place
    child: str | None = None


def where(units: UnitMap, unit: str, target: str, day: date) -> Where:
    """Relate a unit of any time to `target`, which is valid on `day`."""
    there = [unit_id for unit_id, _ in units.present_of(unit, day)] or sorted(_origins(units, unit, day))
    paths = [units.path(unit_id, day) for unit_id in there]
    inside = [path for path in paths if target in path]
    if not inside:
        return Where("outside")
    if len(inside) < len(paths):
        return Where("split")
    below = {path[path.index(target) - 1] if path[0] != target else None for path in inside}
    return Where("inside", below.pop() if len(below) == 1 else None)


def related(units: UnitMap, target: str, day: date) -> tuple[frozenset[str], frozenset[str]]:
    """(units of any time that lie whole in `target` on a day, those of which only a part does)."""
    near = _reached(units, target, _before) | _reached(units, target, _after)
    places = {unit_id: where(units, unit_id, target, day).place for unit_id in near}
    return (
        frozenset(unit_id for unit_id, place in places.items() if place == "inside"),
        frozenset(unit_id for unit_id, place in places.items() if place == "split"),
    )


def given(units: UnitMap, unit: str, heir: str, day: date) -> bool:
    """Whether a unit that goes on by that day has given a part to another one, by whatever steps."""
    if unit == heir or units.unit(unit, day) is None or units.unit(heir, day) is None:
        return False
    return heir in _closure(unit, lambda one: (edge.to_id for edge in units.successors(one, day)))


def _reached(units: UnitMap, target: str, follow: Callable[[UnitMap, str], Iterable[str]]) -> frozenset[str]:
    """The unit, all that ever lay below, and all that lineage leads to from there in one direction."""
    return _closure(target, lambda one: (*units.ever_children(one), *follow(units, one)))


def _closure(start: str, near: Callable[[str], Iterable[str]]) -> frozenset[str]:
    """What is reached from a unit step by step, itself among it."""
    seen: set[str] = set()
    waiting = [start]
    while waiting:
        one = waiting.pop()
        if one not in seen:
            seen.add(one)
            waiting += near(one)
    return frozenset(seen)


def _before(units: UnitMap, unit_id: str) -> Iterable[str]:
    return (edge.from_id for edge in units.predecessors(unit_id, date.max))


def _after(units: UnitMap, unit_id: str) -> Iterable[str]:
    return (edge.to_id for edge in units.successors(unit_id, date.max))


def _origins(units: UnitMap, unit_id: str, day: date) -> set[str]:
    """The units valid on an earlier day of which this one was made since; of one that was made of none, where
    it was created."""
    if units.unit(unit_id, day) is not None:
        return {unit_id}
    made_of = [edge for edge in units.predecessors(unit_id, date.max) if edge.effective > day]
    rows = units.history(unit_id)
    if not made_of and rows and rows[0].valid_from > day and rows[0].parent:
        return _origins(units, rows[0].parent, day)
    return {origin for edge in made_of for origin in _origins(units, edge.from_id, day)}
