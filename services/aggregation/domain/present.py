"""Where the cases of a unit of then lie on today's map. Pure.

A former unit may live on in several present ones. Its cases belong to a present unit only if all of what it
became lies there; where only a part does, nobody can say which cases, and they are told apart as split.
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
    """How a former unit lies to a present one. `child`: the unit directly below that holds all of it; None
    when it is the unit itself or lies in several of those below."""

    place: Place
    child: str | None = None


def where(units: UnitMap, former: str, target: str, today: date) -> Where:
    """Relate a unit of any time to `target`, which is valid today."""
    paths = [units.path(unit_id, today) for unit_id, _ in units.present_of(former, today)]
    inside = [path for path in paths if target in path]
    if not inside:
        return Where("outside")
    if len(inside) < len(paths):
        return Where("split")
    below = {path[path.index(target) - 1] if path[0] != target else None for path in inside}
    return Where("inside", below.pop() if len(below) == 1 else None)


@dataclass(frozen=True, slots=True)
class Attributed(Generic[K]):
    """Counts of then on today's map: what is the target's, by key; by unit below; and what is split."""

    cells: Mapping[K, int]
    children: Mapping[str | None, int]
    split: int


def attribute(rows: Iterable[tuple[str, K, int]], units: UnitMap, target: str, today: date) -> Attributed[K]:
    """`rows`: (unit of then, key, count)."""
    cells: Counter[K] = Counter()
    children: Counter[str | None] = Counter()
    split = 0
    known: dict[str, Where] = {}
    for unit, key, n in rows:
        if unit not in known:
            known[unit] = where(units, unit, target, today)
        found = known[unit]
        if found.place == "split":
            split += n
        elif found.place == "inside":
            cells[key] += n
            children[found.child] += n
    return Attributed(cells, children, split)
