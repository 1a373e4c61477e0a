"""The situation report of a unit and a period: figures as they stand now, words as a person left them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from services.aggregation.domain import situation
from services.aggregation.domain.periods import Period
from services.aggregation.domain.situation import CategoryLine, MoodLine, Notable
from services.aggregation.domain.suppression import is_small, suppress
from services.aggregation.store import situations, totals, warnings
from services.aggregation.store.situations import Scope, Written
from services.aggregation.store.warnings import WarningRow
from shared.database import Connection, Database
from shared.units import Unit, UnitMap


@dataclass(frozen=True, slots=True)
class SituationReport:
    """All sections. Below the province without restricted cases and with small cells hidden (None); of a
    period with few cases everything is."""

    unit: str
    period: Period
    requests: int | None
    observations: int | None
    requests_before: int | None
    observations_before: int | None
    channels: Mapping[str, int | None]
    organisations: Mapping[str, int | None]
    units_expected: int
    units_silent: Sequence[str]
    categories: Sequence[CategoryLine]
    moods: Sequence[MoodLine]
    notable: Sequence[Notable]
    states: Mapping[str, int | None]
    """Of the requests."""
    overdue: int | None
    warnings: Sequence[WarningRow]
    written: Written
    restricted_left_out: bool


async def read(
    database: Database, units: UnitMap, unit: Unit, period: Period, *, now: datetime, limit: int
) -> SituationReport:
    """Read everything in one snapshot. `limit`: the small cell below the province."""
    everything = unit.level == "province"
    async with database.connection() as tx, tx.transaction(isolation="repeatable_read", readonly=True):
        return await _Reading(tx, units, unit, period, now, 0 if everything else limit, everything).report()


async def write(database: Database, unit: str, period: Period, base: int, text: Written) -> bool:
    """Keep what a person wrote as the version after `base`; False if somebody else wrote in between."""
    async with database.transaction() as tx:
        return await situations.write(tx, unit, period.code, base, text)


@dataclass(frozen=True, slots=True)
class _Reading:
    tx: Connection
    units: UnitMap
    unit: Unit
    period: Period
    now: datetime
    limit: int
    everything: bool

    async def report(self) -> SituationReport:
        period, unit = self.period, self.unit.id
        now = await self._counts(period, "category", "purpose")
        before = await self._counts(period.previous, "category", "purpose")
        purposes, purposes_before = self._told(_sums(now, 1)), self._told(_sums(before, 1))
        states = [row for row in await self._counts(period, "state", "purpose") if row[1] == "request"]
        organisations = _sums(await self._counts(period, "organisation"), 0)
        categories = situation.category_lines(now, before, self.limit)
        expected = [u.id for u in self.units.children(unit, period.last)]
        scope = Scope(unit, period.first, period.last, self.everything)
        by_child = dict(
            await totals.by_child(self.tx, unit, period.first, period.last, restricted=self.everything)
        )
        return SituationReport(
            unit=unit,
            period=period,
            requests=purposes.get("request", 0),
            observations=purposes.get("observation", 0),
            requests_before=purposes_before.get("request", 0),
            observations_before=purposes_before.get("observation", 0),
            channels=self._told(_sums(await self._counts(period, "channel"), 0)),
            organisations=suppress(organisations, self.limit).cells,
            units_expected=len(expected),
            units_silent=situation.silent(expected, by_child.items()),
            categories=categories,
            moods=situation.mood_lines(await situations.observed(self.tx, scope), self.limit),
            notable=await self._notable(scope, categories, by_child),
            states=self._told(_sums(states, 0)),
            overdue=await self._overdue(scope, sum(n for *_, n in states)),
            warnings=await warnings.listed(
                self.tx, unit, period.first, period.last, restricted=self.everything
            ),
            written=await situations.written(self.tx, unit, period.code),
            restricted_left_out=not self.everything,
        )

    def _told(self, counts: Mapping[str, int]) -> Mapping[str, int | None]:
        """A breakdown that points at nobody: told whole, unless its total is small."""
        return suppress(counts, self.limit, sensitive=False).cells

    async def _notable(
        self, scope: Scope, categories: Sequence[CategoryLine], by_child: Mapping[str, int]
    ) -> Sequence[Notable]:
        """Single cases, of categories that are told; of units below that are not, as the unit's own."""
        told = None if self.everything else [line.category for line in categories if line.told]
        found = await situations.notable(self.tx, scope, situation.URGENT, situation.NOTABLE_FLAGS, told)
        places = suppress(by_child, self.limit).cells
        return [
            case if self.everything or places.get(case.unit) else replace(case, unit=scope.unit)
            for case in found
        ]

    async def _overdue(self, scope: Scope, requests: int) -> int | None:
        """Hidden where the requests are few."""
        if is_small(requests, self.limit):
            return None
        return await situations.overdue(self.tx, scope, self.now, situation.FINAL_STATES)

    async def _counts(self, period: Period, *by: str) -> list[tuple[str, str, int]]:
        rows = await totals.of_unit(
            self.tx, self.unit.id, period.first, period.last, by, restricted=self.everything
        )
        return rows


def _sums(rows: Sequence[tuple[object, ...]], position: int) -> Counter[str]:
    """Counts (the last value of a row) by the value at a position."""
    found: Counter[str] = Counter()
    for row in rows:
        found[str(row[position])] += int(str(row[-1]))
    return found
