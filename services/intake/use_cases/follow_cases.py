"""What routing decides about a case becomes the progress that its reporter sees."""

from collections.abc import Sequence
from uuid import UUID

from services.intake.store import case_status
from services.intake.wire import CaseProgress
from shared.database import Connection
from shared.messaging.received import Dead, Received, Verdict


async def follow_cases(tx: Connection, events: Sequence[Received[CaseProgress]]) -> Sequence[Verdict | Dead]:
    """Raise each case to the highest version seen; a lower or equal one is a duplicate."""
    highest: dict[UUID, Received[CaseProgress]] = {}
    for received in events:
        known = highest.get(received.event.case_id)
        if known is None or received.event.version > known.event.version:
            highest[received.event.case_id] = received
    moved = await case_status.raise_to(tx, [received.event for received in highest.values()])
    return [
        Verdict.FRESH if e.event.case_id in moved and highest[e.event.case_id] is e else Verdict.DUPLICATE
        for e in events
    ]
