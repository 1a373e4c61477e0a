"""Cases follow the map: when a change takes effect, by the local date, or when one is recorded late."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import structlog
import uuid_utils

from services.routing.domain.case import Case
from services.routing.domain.decision import Decision
from services.routing.domain.follow_map import STAYING, Choice, Moment, Told, follow
from services.routing.metrics import MAP_CHOICES, MAP_MOVED
from services.routing.store import cases as cases_store
from services.routing.store import erasures
from services.routing.store import map as store
from services.routing.use_cases.basis import BasisHolder
from services.routing.use_cases.passing_over import passing_over
from services.routing.use_cases.work import Work
from shared.database import Connection, Database, Postponed
from shared.local_time import LOCAL
from shared.telemetry import after_commit
from shared.units import UnitMap

log = structlog.get_logger()

_BATCH = 500
_BEFORE_ALL = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Span:
    """What changed since cases last followed the map.

    `units`: those whose cases may lie elsewhere; `parted`: those that go on and gave a part away; `late`: the
    first day that a change recorded since then speaks of.
    """

    units: tuple[str, ...]
    parted: frozenset[str]
    late: date


class MoveCases:
    """Called again and again: looks at marked cases each time, at units when the map or the day is new."""

    def __init__(self, database: Database, basis: BasisHolder) -> None:
        self._database = database
        self._basis = basis

    async def __call__(self) -> None:
        """Move what has to move, in batches of 500 cases, each in its own transaction.

        While this process has not loaded the newest map it waits for the next call.
        """
        with suppress(Postponed):
            await self._follow_map()

    async def _follow_map(self) -> None:
        while await self._marked():
            pass
        async with self._database.transaction() as tx:
            version, since = await self._version(tx), await store.followed(tx)
            if since == (version, _day(await tx.fetchval("SELECT clock_timestamp()"))):
                return
            # Whoever opens a case holds this fence: when it is ours they have ended, and those who come later
            # see the change, or mark what they decided without it.
            today = _day(await erasures.fence(tx, erasing=True))
        span = span_of(self._basis.current.units, since, today)
        moved = await self._units(span)
        async with self._database.transaction() as tx:
            await store.follow(tx, version, today)
        log.info("map.followed", map_version=version, day=str(today), units=len(span.units), cases=moved)

    async def _marked(self) -> bool:
        async with self._database.transaction() as tx:
            now = await erasures.fence(tx, erasing=False)
            ids = await store.marked(tx, _BATCH)
            if ids:
                # After the marks were read: whoever set one for a new map has seen that map recorded.
                await self._version(tx)
                await self._follow(tx, ids, frozenset(), now)
        return len(ids) == _BATCH

    async def _version(self, tx: Connection) -> int:
        """The version of the map, which is the newest. Raises Postponed otherwise."""
        version, newest = self._basis.current.units.version, await store.newest(tx)
        if version != newest:
            raise Postponed(f"the map is at version {newest}, loaded here is {version}")
        return version

    async def _units(self, span: Span) -> int:
        after, count = _BEFORE_ALL, 0
        while span.units:
            async with self._database.transaction() as tx:
                now = await erasures.fence(tx, erasing=False)
                ids = await store.at(tx, span.units, span.late, after, _BATCH)
                count += await self._follow(tx, ids, span.parted, now)
            if len(ids) < _BATCH:
                break
            after = ids[-1]
        return count

    async def _follow(
        self, tx: Connection, ids: Sequence[UUID], parted: frozenset[str], now: datetime
    ) -> int:
        """Decide on these cases; returns how many were moved."""
        at = Moment(self._basis.current, now, _day(now))
        work = Work(at.basis, now, await cases_store.lock(tx, ids))
        told = await store.texts(tx, ids)
        choices: list[Choice] = []
        for case_id, case in work.before.items():
            match followed(case, told.get(case_id), parted, at):
                case Decision() as moved:
                    work.take((moved,), UUID(bytes=uuid_utils.uuid7().bytes), None)
                case Choice() as choice:
                    choices.append(choice)
        version = at.basis.units.version
        asked = await store.ask(tx, [(c.case_id, version, c.from_unit, c.candidates) for c in choices])
        await work.write(tx)
        moved_now = len(work.after)
        after_commit(lambda: _count(moved_now, len(asked)))
        return moved_now


def followed(case: Case, told: Told | None, parted: frozenset[str], at: Moment) -> Decision | Choice | None:
    """As `follow`; where that breaks a person is asked, and no other case waits for it."""
    with passing_over("map", case.case_id):
        return follow(case, told, parted, at)
    if case.facts.state in STAYING:
        return None
    return Choice(case.case_id, case.facts.unit or case.facts.path[0], ())


def span_of(units: UnitMap, since: tuple[int, date] | None, today: date) -> Span:
    """What has to be looked at: everything that has ever moved the first time, then what is new."""
    version, day = since or (0, date.min)
    touched = units.touched(version, day, today)
    parted = frozenset(
        unit
        for unit in touched
        if units.unit(unit, today) is not None
        and any(e.effective > day or e.recorded > version for e in units.successors(unit, today))
    )
    recorded = (units.change(n).effective for n in range(version + 1, units.version + 1))
    # The first time it is not known since when cases were opened: ended ones are looked at, too.
    late = min(recorded, default=date.max) if since else date.min
    return Span(tuple(sorted(touched)), parted, late)


def _day(now: datetime) -> date:
    return now.astimezone(LOCAL).date()


def _count(moved: int, asked: int) -> None:
    MAP_MOVED.inc(moved)
    MAP_CHOICES.inc(asked)
