"""Counts of the units of then, laid on the map of another day, today's or any. Pure.

What lies only partly in a unit of the other map is told apart as split: nobody can say which cases.
"""

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from shared.units import UnitMap
from shared.units.relation import Where, where

K = TypeVar("K", bound=Hashable)


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
