"""Counts and cases of a unit: as it was then, or laid on the map of any day."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from services.aggregation.domain.present import Attributed, attribute, child_of, moved_to
from services.aggregation.store import situations, totals, warnings
from services.aggregation.store.situations import Scope
from services.aggregation.store.warnings import WarningRow
from shared.database import Connection
from shared.units import UnitMap
from shared.units.relation import related


@dataclass(frozen=True, slots=True)
class Counts:
    """(value of each dimension, count) and what is split: cases of former units that lie only partly in the
    one asked for, in no row."""

    rows: Sequence[tuple[Any, ...]]
    split: int = 0


@dataclass(frozen=True, slots=True)
class Below:
    """Counts by unit directly below; what no single one of them has counts for the unit itself."""

    cells: Mapping[str, int]
    split: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """`on`: the day whose map is asked for; None leaves each case where it was then. `restricted`: with the
    cases that only the province may see."""

    tx: Connection
    units: UnitMap
    unit: str
    on: date | None
    restricted: bool

    async def counts(self, first: date, last: date, *by: str) -> Counts:
        """By report dates and dimensions."""
        if self.on is None:
            rows = await totals.of_unit(self.tx, self.unit, first, last, by, restricted=self.restricted)
            return Counts(rows)
        found = await self._laid(first, last, self.on, by)
        return Counts([(*key, n) for key, n in found.cells.items()], found.split)

    async def below(self, first: date, last: date) -> Below:
        """By the units directly below."""
        if self.on is None:
            rows = await totals.by_child(self.tx, self.unit, first, last, restricted=self.restricted)
            return Below(dict(rows))
        found = await self._laid(first, last, self.on, ())
        cells: Counter[str] = Counter()
        for child, n in found.children.items():
            cells[child or self.unit] += n
        return Below(cells, found.split)

    async def scope(self, first: date, last: date) -> Scope:
        """Which counted cases are meant, one by one: those that `counts` counts."""
        if self.on is None:
            return Scope([self.unit], None, first, last, self.restricted)
        inside, _ = related(self.units, self.unit, self.on)
        pairs = await situations.moved(self.tx, first, last)
        moved = moved_to(self.units, self.unit, self.on, pairs)
        return Scope(sorted(inside), moved, first, last, self.restricted)

    def shown_in(self, then: str, now: str | None) -> str:
        """Where a case of a unit of then, maybe moved since, stands in a list: there, or on another map in
        the unit directly below."""
        return then if self.on is None else child_of(self.units, self.unit, self.on, then, now)

    async def warnings(self, first: date, last: date) -> list[WarningRow]:
        """The warnings of the unit and below, those that stand first."""
        if self.on is None:
            return await warnings.listed(self.tx, self.unit, first, last, restricted=self.restricted)
        near = related(self.units, self.unit, self.on)
        return await warnings.laid(self.tx, near, first, last, restricted=self.restricted)

    async def _laid(
        self, first: date, last: date, on: date, by: Sequence[str]
    ) -> Attributed[tuple[Any, ...]]:
        rows = await totals.by_leaf_unit(self.tx, first, last, by, restricted=self.restricted)
        moved = await totals.moved(self.tx, first, last, by, restricted=self.restricted)
        return attribute(rows, self.units, self.unit, on, moved)
