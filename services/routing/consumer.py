"""Topics to use cases."""

from collections.abc import Sequence
from typing import Any

from services.routing.use_cases.basis import BasisHolder
from services.routing.use_cases.decide_reports import decide_reports
from services.routing.use_cases.erase_reporters import keep_letters
from services.routing.use_cases.note_reached import note_reached
from shared.database import Connection
from shared.messaging.batch import Handler
from shared.messaging.received import Dead, Received, Verdict


def handlers(basis: BasisHolder) -> dict[str, Handler]:
    """What is done with each topic's batch; redrive uses the same."""

    async def reports(tx: Connection, events: Sequence[Received[Any]]) -> Sequence[Verdict | Dead]:
        return await decide_reports(tx, events, basis.current)

    async def notifications(tx: Connection, events: Sequence[Received[Any]]) -> Sequence[Verdict | Dead]:
        return await note_reached(tx, events)

    return {
        "reports.events": Handler(reports, keep=keep_letters),
        "notifications.events": Handler(notifications),
    }
