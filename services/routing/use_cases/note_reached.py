"""notifications.events -> which body was reached for which case: a mark, not a new version of the case."""

from collections.abc import Sequence

from services.routing.store import commands
from shared.contracts.events import NotificationDelivered, NotificationEvent
from shared.database import Connection
from shared.messaging.received import Dead, Received, Verdict


async def note_reached(tx: Connection, events: Sequence[Received[NotificationEvent]]) -> list[Verdict | Dead]:
    """Mark each (case, body, channel) once; failures and warnings are only taken note of."""
    marks = {
        (e.event.subject_id, e.event.body, e.event.channel): e.event.at
        for e in events
        if isinstance(e.event, NotificationDelivered) and e.event.subject_kind == "case"
    }
    fresh = await commands.mark_reached(tx, [(*k, at) for k, at in sorted(marks.items())]) if marks else set()
    verdicts: list[Verdict | Dead] = []
    for e in events:
        key = (e.event.subject_id, e.event.body, e.event.channel)
        duplicate = key in marks and key not in fresh
        verdicts.append(Verdict.DUPLICATE if duplicate else Verdict.FRESH)
        fresh.discard(key)
    return verdicts
