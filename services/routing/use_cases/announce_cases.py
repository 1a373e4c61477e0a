"""Every case said again as it stands: for a projection that starts when retention has run out."""

from collections.abc import AsyncIterator
from uuid import UUID

from services.routing import publish
from services.routing.store import cases as store
from shared.database import Database
from shared.outbox import Outgoing, announce

_BEFORE_ALL = UUID(int=0)


async def announce_cases(database: Database, *, batch: int = 500) -> AsyncIterator[int]:
    """Write a CaseSnapshot of each case to the outbox, a transaction a batch; yields how many it held.

    Each case is locked while it is announced, so its snapshot stands in order among its other events. Who has
    the version already takes it for a duplicate. A case that is opened meanwhile may be said or not: its own
    event says it.
    """
    after = _BEFORE_ALL
    while True:
        async with database.transaction() as tx:
            cases = await store.lock_after(tx, after, batch)
            standing = await store.standing(tx, cases)
            snapshots = [publish.case_snapshot(case, *standing[case.case_id]) for case in cases]
            await announce(tx, "routing", [Outgoing(snapshot) for snapshot in snapshots])
        if not cases:
            return
        after = cases[-1].case_id
        yield len(cases)
