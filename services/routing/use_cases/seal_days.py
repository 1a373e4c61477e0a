"""A root a day over the heads of all cases, so that a case that vanishes is missed."""

from datetime import date, datetime, timedelta
from typing import Final

import structlog

from services.routing.domain.calendar import end_of, local_date
from services.routing.domain.merkle import Tree, root
from services.routing.store import chain as store
from services.routing.store.chain import Day
from shared.database import Connection, Database

log = structlog.get_logger()

_DAY: Final = timedelta(days=1)
SETTLED: Final = timedelta(hours=2)
"""How long after midnight a day is sealed: no transaction takes as long, and no step back of a clock."""


class Sealer:
    """Called again and again: seals each local date that is over and has no root yet, in order."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __call__(self) -> None:
        """Seal what can be, a transaction a day."""
        sealed = True
        while sealed:
            async with self._database.transaction() as tx:
                sealed = await seal_next(tx, await tx.fetchval("SELECT clock_timestamp()"))


async def seal_next(tx: Connection, now: datetime) -> bool:
    """Seal the oldest day that is not; False if there is none to seal, or somebody else is at it."""
    if not await store.alone(tx):
        return False
    last = await store.last_day(tx)
    day = last.day + _DAY if last else await _first(tx)
    if day is None or now < end_of(day) + SETTLED:
        return False
    tree = Tree()
    async for case_id, head in store.heads(tx, end_of(day - _DAY), end_of(day)):
        tree.add(case_id, head)
    sealed = Day(day, tree.size, root(last.root if last else b"", day, tree))
    await store.seal(tx, sealed)
    log.info("chain.sealed", day=str(day), cases=sealed.cases, root=sealed.root.hex())
    return True


async def _first(tx: Connection) -> date | None:
    at = await store.first_decision(tx)
    return None if at is None else local_date(at)
