"""The situation report of a unit and a period, as it was then or on the map of any day: figures as they stand
now, words as a person left them."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from services.aggregation.domain import situation
from services.aggregation.domain.periods import Period
from services.aggregation.domain.situation import CategoryLine, MoodLine, Notable
from services.aggregation.domain.suppression import coarse, is_small, suppress
from services.aggregation.store import situations
from services.aggregation.store.situations import Scope, Written
from services.aggregation.store.warnings import WarningRow
from services.aggregation.use_cases.on_map import Asked
from shared.database import Database
from shared.units import Unit, UnitMap


@dataclass(frozen=True, slots=True)
class SituationReport:
    """All sections. Below the province without restricted cases and with small cells hidden (None); of a
    period with few cases everything is."""

    unit: str
    period: Period
    on: date | None
    """The day whose map the figures are laid on; None: each case where it was then."""
    split: int | None
    """Cases of former units that lie only partly in this one, in no figure. Below the province rounded down,
    None where they are few."""
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


@dataclass(frozen=True, slots=True)
class Question:
    """`on`: the day whose map is asked for; None leaves each case where it was then."""

    unit: Unit
    period: Period
    on: date | None = None


async def read(
    database: Database, units: UnitMap, question: Question, *, now: datetime, limit: int
) -> SituationReport:
    """Read everything in one snapshot. `limit`: the small cell below the province."""
    whole = question.unit.level == "province"
    async with database.connection() as tx, tx.transaction(isolation="repeatable_read", readonly=True):
        asked = Asked(tx, units, question.unit.id, question.on, restricted=whole)
        return await _Reading(asked, question.period, now, 0 if whole else limit).report()


async def write(database: Database, unit: str, period: Period, base: int, text: Written) -> bool:
    """Keep what a person wrote as the version after `base`; False if somebody else wrote in between."""
    async with database.transaction() as tx:
        return await situations.write(tx, unit, period.code, base, text)


@dataclass(frozen=True, slots=True)
class _Reading:
    asked: Asked
    period: Period
    now: datetime
    limit: int

    async def report(self) -> SituationReport:
        asked, period, unit = self.asked, self.period, self.asked.unit
        counted = await asked.counts(period.first, period.last, "category", "purpose")
        now, before = counted.rows, await self._counts(period.previous, "category", "purpose")
        purposes, purposes_before = self._told(_sums(now, 1)), self._told(_sums(before, 1))
        states = [row for row in await self._counts(period, "state", "purpose") if row[1] == "request"]
        organisations = _sums(await self._counts(period, "organisation"), 0)
        categories = situation.category_lines(now, before, self.limit)
        expected = [u.id for u in asked.units.children(unit, asked.on or period.last)]
        scope = await asked.scope(period.first, period.last)
        below = (await asked.below(period.first, period.last)).cells
        return SituationReport(
            unit=unit,
            period=period,
            on=asked.on,
            split=coarse(counted.split, self.limit),
            requests=purposes.get("request", 0),
            observations=purposes.get("observation", 0),
            requests_before=purposes_before.get("request", 0),
            observations_before=purposes_before.get("observation", 0),
            channels=self._told(_sums(await self._counts(period, "channel"), 0)),
            organisations=suppress(organisations, self.limit).cells,
            units_expected=len(expected),
            units_silent=situation.silent(expected, below.items()),
            categories=categories,
            moods=situation.mood_lines(await situations.observed(asked.tx, scope), self.limit),
            notable=await self._notable(scope, categories, below),
            states=self._told(_sums(states, 0)),
            overdue=await self._overdue(scope, sum(n for *_, n in states)),
            warnings=await asked.warnings(period.first, period.last),
            written=await situations.written(asked.tx, unit, period.code),
            restricted_left_out=not asked.restricted,
        )

    def _told(self, counts: Mapping[str, int]) -> Mapping[str, int | None]:
        """A breakdown that points at nobody: told whole, unless its total is small."""
        return suppress(counts, self.limit, sensitive=False).cells

    async def _notable(
        self, scope: Scope, categories: Sequence[CategoryLine], by_child: Mapping[str, int]
    ) -> Sequence[Notable]:
        """Single cases, of categories that are told; of units below that are not, as the unit's own."""
        asked = self.asked
        told = None if asked.restricted else [line.category for line in categories if line.told]
        found = await situations.notable(asked.tx, scope, situation.URGENT, situation.NOTABLE_FLAGS, told)
        listed = [replace(case, unit=asked.shown_in(case.unit, now)) for case, now in found]
        places = suppress(by_child, self.limit).cells
        return [
            case if asked.restricted or places.get(case.unit) else replace(case, unit=asked.unit)
            for case in listed
        ]

    async def _overdue(self, scope: Scope, requests: int) -> int | None:
        """Hidden where the requests are few."""
        if is_small(requests, self.limit):
            return None
        return await situations.overdue(self.asked.tx, scope, self.now, situation.FINAL_STATES)

    async def _counts(self, period: Period, *by: str) -> Sequence[tuple[Any, ...]]:
        return (await self.asked.counts(period.first, period.last, *by)).rows


def _sums(rows: Sequence[tuple[object, ...]], position: int) -> Counter[str]:
    """Counts (the last value of a row) by the value at a position."""
    found: Counter[str] = Counter()
    for row in rows:
        found[str(row[position])] += int(str(row[-1]))
    return found
