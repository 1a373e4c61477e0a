"""Topics to use cases."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from services.routing.metrics import PARKED_AGE
from services.routing.store import commands
from services.routing.use_cases.basis import BasisHolder
from services.routing.use_cases.decide_reports import decide_reports, sweep_parked
from services.routing.use_cases.note_reached import note_reached
from shared.database import Connection, Database
from shared.messaging.batch import Apply
from shared.messaging.received import Dead, Received, Verdict
from shared.service import Work


def handlers(basis: BasisHolder) -> dict[str, Apply]:
    """What is done with each topic's batch; redrive uses the same."""

    async def reports(tx: Connection, events: Sequence[Received[Any]]) -> Sequence[Verdict | Dead]:
        return await decide_reports(tx, events, basis.current)

    async def notifications(tx: Connection, events: Sequence[Received[Any]]) -> Sequence[Verdict | Dead]:
        return await note_reached(tx, events)

    return {"reports.events": reports, "notifications.events": notifications}


def sweeper(database: Database, basis: BasisHolder) -> Work:
    """The periodic look for parked commands whose case has come."""

    async def sweep() -> None:
        async with database.transaction() as tx:
            oldest = await commands.oldest_parked(tx)
            PARKED_AGE.set((datetime.now(UTC) - oldest).total_seconds() if oldest else 0)
            if oldest:
                await sweep_parked(tx, basis.current)

    return sweep
