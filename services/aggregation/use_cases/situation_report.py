"""The situation report of a unit and a period: figures as they stand now, words as a person left them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from services.aggregation.domain import situation
from services.aggregation.domain.periods import Period
from services.aggregation.domain.situation import CategoryLine, MoodLine, Notable
from services.aggregation.domain.suppression import suppress
from services.aggregation.store import situations, totals, warnings
from services.aggregation.store.situations import Scope, Written
from services.aggregation.store.warnings import WarningRow
from shared.database import Connection, Database
from shared.units import Unit, UnitMap


@dataclass(frozen=True, slots=True)
class SituationReport:
    """All sections. Below the province without restricted cases and with small cells hidden (None)."""

    unit: str
    period: Period
    requests: int
    observations: int
    requests_before: int
    observations_before: int
    channels: Mapping[str, int]
    organisations: Mapping[str, int | None]
    units_expected: int
    units_silent: Sequence[str]
    categories: Sequence[CategoryLine]
    moods: Sequence[MoodLine]
    notable: Sequence[Notable]
    states: Mapping[str, int]
    overdue: int
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
        period, before = self.period, self.period.previous
        scope = Scope(self.unit.id, period.first, period.last, self.everything)
        now = await self._counts(period, "category", "purpose")
        earlier = await self._counts(before, "category", "purpose")
        purposes, purposes_before = _sums(now, 1), _sums(earlier, 1)
        children = [u.id for u in self.units.children(self.unit.id, period.last)]
        by_child = await totals.by_child(
            self.tx, self.unit.id, period.first, period.last, restricted=self.everything
        )
        organisations = _sums(await self._counts(period, "organisation"), 0)
        states = [row for row in await self._counts(period, "state", "purpose") if row[1] == "request"]
        return SituationReport(
            unit=self.unit.id,
            period=period,
            requests=purposes["request"],
            observations=purposes["observation"],
            requests_before=purposes_before["request"],
            observations_before=purposes_before["observation"],
            channels=_sums(await self._counts(period, "channel"), 0),
            organisations=suppress(organisations, self.limit).cells,
            units_expected=len(children),
            units_silent=situation.silent(children, by_child),
            categories=situation.category_lines(now, earlier, self.limit),
            moods=situation.mood_lines(await situations.observed(self.tx, scope), self.limit),
            notable=await situations.notable(self.tx, scope, situation.URGENT, situation.NOTABLE_FLAGS),
            states=_sums(states, 0),
            overdue=await situations.overdue(self.tx, scope, self.now, situation.FINAL_STATES),
            warnings=await warnings.listed(
                self.tx, self.unit.id, period.first, period.last, restricted=self.everything
            ),
            written=await situations.written(self.tx, self.unit.id, period.code),
            restricted_left_out=not self.everything,
        )

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
