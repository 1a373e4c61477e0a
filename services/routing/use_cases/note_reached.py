"""notifications.events -> which body was reached for which case: a mark, not a new version of the case."""

from collections.abc import Sequence
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from services.routing.store import commands
from shared.contracts.events import NotificationDelivered, NotificationEvent
from shared.database import Connection
from shared.messaging.received import Dead, Received, Verdict

Key: TypeAlias = tuple[UUID, str, str]
"""(case, body, channel)"""


async def note_reached(tx: Connection, events: Sequence[Received[NotificationEvent]]) -> list[Verdict | Dead]:
    """Mark each (case, body, channel) once; failures and warnings are only taken note of."""
    told = [_key(e) for e in events]
    marks: dict[Key, datetime] = {}
    for key, received in zip(told, events, strict=True):
        if key is not None:
            marks[key] = min(received.event.at, marks.get(key, received.event.at))
    fresh = await commands.mark_reached(tx, [(*k, at) for k, at in sorted(marks.items())]) if marks else set()
    verdicts: list[Verdict | Dead] = []
    for key in told:
        verdicts.append(Verdict.DUPLICATE if key is not None and key not in fresh else Verdict.FRESH)
        if key is not None:
            fresh.discard(key)
    return verdicts


def _key(received: Received[NotificationEvent]) -> Key | None:
    """What a delivery marks; None for what leaves no mark."""
    event = received.event
    if not isinstance(event, NotificationDelivered) or event.subject_kind != "case":
        return None
    return event.subject_id, event.body, event.channel
