"""The calendar of working days changed: every clock that runs is counted anew, and it is said which moved."""

import hashlib
from importlib.metadata import version
from uuid import UUID, uuid5

import orjson
import structlog

from services.routing.domain.basis import Basis
from services.routing.domain.life.calendar_change import reschedule
from services.routing.metrics import RESCHEDULED
from services.routing.store import erasures, life
from services.routing.use_cases.basis import BasisHolder
from services.routing.use_cases.passing_over import passing_over
from services.routing.use_cases.work import Work
from shared.database import Database

log = structlog.get_logger()
_NAMESPACE = UUID("d4a3cf1e-5c38-5b52-8a8e-4e1f5f0f7c09")
_BEFORE_ALL = UUID(int=0)


def digest_of(basis: Basis) -> str:
    """What working days depend on: dated rows, the years decided, the library that computes the rest."""
    rules = basis.rules.calendar
    rows = sorted((day.day.isoformat(), day.working) for day in rules.days)
    told = [rows, sorted(rules.official_years), version("holidays")]
    return hashlib.sha256(orjson.dumps(told)).hexdigest()[:16]


class FollowCalendar:
    """Called again and again; looks at cases only when the calendar is not the one they were counted by."""

    def __init__(self, database: Database, basis: BasisHolder, batch: int = 500) -> None:
        self._database = database
        self._basis = basis
        self._batch = batch
        self._seen = ""

    async def __call__(self) -> None:
        """Count anew if the calendar changed; interrupted, it begins again and finds what is left."""
        basis = self._basis.made
        if basis is None or (digest := digest_of(basis)) == self._seen:
            return
        async with self._database.transaction() as tx:
            known = await life.calendar_seen(tx, digest)
        if not known:
            moved = await recount(self._database, basis, digest, self._batch)
            if moved is None:
                return
            log.info("calendar.followed", calendar=digest, moved=moved)
        self._seen = digest


async def recount(database: Database, basis: Basis, digest: str, batch: int = 500) -> int | None:
    """Count every running clock anew, a transaction a batch; returns how many cases moved.

    None if another process is at it.
    """
    after, moved = _BEFORE_ALL, 0
    while True:
        async with database.transaction() as tx:
            now = await erasures.fence(tx, erasing=False)
            if not await life.alone(tx):
                return None
            cases = await life.lock_clocked(tx, after, batch)
            work = Work(basis, now, {case.case_id: case for case in cases})
            for case in cases:
                cause = uuid5(_NAMESPACE, f"{digest}/{case.case_id}/{case.version}")
                with passing_over("calendar", case.case_id):
                    work.take(reschedule(case, now, basis), cause, None)
            await work.write(tx)
            if not cases:
                await life.remember_calendar(tx, digest, moved)
                return moved
        for case_id, case in sorted(work.after.items()):
            log.info("case.rescheduled", case_id=str(case_id), version=case.version, calendar=digest)
        RESCHEDULED.inc(len(work.after))
        moved += len(work.after)
        after = cases[-1].case_id
