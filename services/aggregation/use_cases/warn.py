"""Raise a warning where cases surge, and clear it when the surge is over; each once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.aggregation import metrics
from services.aggregation.domain import surge
from services.aggregation.domain.surge import Cleared, Detector, Raised
from services.aggregation.publish import warning_cleared, warning_raised
from services.aggregation.store import warnings
from shared import failpoints
from shared.contracts.events import WarningCleared, WarningRaised
from shared.database import Connection, Database
from shared.map_store import MapHolder
from shared.messaging.envelope import new_trace
from shared.outbox import Outgoing, announce
from shared.units import UnitMap
from shared.web.filters import local


@dataclass(frozen=True, slots=True)
class Warn:
    """Looks at the province and its communes; `days` of the past, with today, may still raise a warning."""

    database: Database
    map: MapHolder
    home_province: str
    detector: Detector
    days: int = 3

    async def __call__(self) -> None:
        """One look, in one transaction with what it announces."""
        async with self.database.transaction() as tx:
            now = await warnings.lock(tx)
            today = local(now).date()
            first = today - timedelta(days=self.days - 1)
            baseline_from = first - timedelta(days=self.detector.reach)
            units = watched(self.map.current, self.home_province, today, baseline_from)
            if not units:
                return
            raised, cleared = await self._decide(tx, units, today)
            await self._write(tx, raised, cleared, now)
            failpoints.hit("aggregation.warned")

    async def _decide(
        self, tx: Connection, units: Sequence[str], today: date
    ) -> tuple[list[Raised], list[Cleared]]:
        days = [today - timedelta(days=i) for i in reversed(range(self.days))]
        series = await warnings.large_series(tx, units, days, self.detector.minimum)
        standing = await warnings.standing(tx)
        oldest = min([days[0], *(w.day for w in standing)]) - timedelta(days=self.detector.reach)
        concerned = sorted({s.unit for s in series} | {w.series.unit for w in standing})
        counts = await warnings.daily(tx, concerned, oldest, today)
        heard = surge.days_heard(await warnings.totals(tx, units[0], oldest, today), self.detector)
        known = await warnings.known(tx, days)
        of = lambda one: counts.get(one, {})  # noqa: E731 - a lookup, named where it is used
        return (
            surge.raise_warnings(series, of, days, self.detector, heard=heard, known=known),
            surge.clear_warnings(standing, of, today, heard, self.detector),
        )

    async def _write(
        self, tx: Connection, raised: Sequence[Raised], cleared: Sequence[Cleared], now: datetime
    ) -> None:
        units, out = self.map.current, []
        for new in raised:
            path = units.path(new.series.unit, new.day)
            if await warnings.insert(tx, new, path, self.detector):
                event = warning_raised(new, path, self.detector, now)
                out.append(Outgoing(event, traceparent=new_trace()))
        for old in cleared:
            path = units.path(old.series.unit, old.day)
            if await warnings.clear(tx, old):
                over = warning_cleared(old, path, self.detector, now)
                out.append(Outgoing(over, traceparent=new_trace()))
        await announce(tx, "aggregation", out)
        metrics.warned(
            sum(isinstance(o.event, WarningRaised) for o in out),
            sum(isinstance(o.event, WarningCleared) for o in out),
        )


def watched(units: UnitMap, home_province: str, today: date, baseline_from: date) -> list[str]:
    """The home province, then its communes: those that were there on all days that a baseline needs."""
    province = units.by_code(home_province, today, "province")
    if province is None:
        return []
    communes = units.units(today, "commune", province.id)
    return [province.id, *(u.id for u in communes if units.unit(u.id, baseline_from) is not None)]
