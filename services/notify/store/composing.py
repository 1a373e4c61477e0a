"""Waiting notifications into messages: one recipient a transaction, one composer at a time."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import uuid_utils

from services.notify.domain.grouping import Message, Recent, Waiting
from shared.database import Connection

MOST = 2_000
"""Notifications in one message: settling them is one transaction, which announces each."""
_LOCK = "SELECT pg_try_advisory_xact_lock(hashtext(current_schema()), hashtext('composer'))"
_URGENT = """
SELECT n.recipient_id FROM notifications AS n WHERE n.state = 'planned' AND n.urgency = 'urgent'
GROUP BY n.recipient_id
HAVING min(n.planned_at) <= clock_timestamp() - $1::interval OR NOT EXISTS (
    SELECT 1 FROM deliveries AS d WHERE d.recipient_id = n.recipient_id AND d.kind = 'flood'
        AND d.created_at > clock_timestamp() - $1::interval)
"""
_DIGESTS = """
SELECT recipient_id FROM notifications WHERE state = 'planned' AND urgency = 'digest'
GROUP BY recipient_id HAVING min(planned_at) <= clock_timestamp() - $1::interval
"""
_RECIPIENT = "SELECT body, channel, active FROM recipients WHERE id = $1"
_WAITING = """
SELECT subject_kind, subject_id, event_id, urgency, planned_at <= clock_timestamp() - $2::interval AS ripe,
    body = $4 AS theirs
FROM notifications WHERE recipient_id = $1 AND state = 'planned'
ORDER BY urgency DESC, planned_at, subject_id, event_id LIMIT $3 FOR UPDATE
"""
_RECENT = """
SELECT count(*) FILTER (WHERE kind = 'urgent') AS urgent, count(*) FILTER (WHERE kind = 'flood') AS floods
FROM deliveries WHERE recipient_id = $1 AND created_at > clock_timestamp() - $2::interval
"""
_QUEUE = """
UPDATE notifications AS n SET state = 'queued'
FROM unnest($2::text[], $3::uuid[], $4::uuid[]) AS u (subject_kind, subject_id, event_id)
WHERE n.recipient_id = $1 AND (n.subject_kind, n.subject_id, n.event_id)
    = (u.subject_kind, u.subject_id, u.event_id)
"""
_DROP = """
UPDATE notifications SET state = 'unsent', reason = 'no_active_channel', settled_at = clock_timestamp()
WHERE recipient_id = $1 AND state = 'planned'
"""
_LEAVE = """
UPDATE notifications AS n SET state = 'unsent', reason = 'recipient_moved', settled_at = clock_timestamp()
FROM unnest($2::text[], $3::uuid[], $4::uuid[]) AS u (subject_kind, subject_id, event_id)
WHERE n.recipient_id = $1 AND (n.subject_kind, n.subject_id, n.event_id)
    = (u.subject_kind, u.subject_id, u.event_id)
"""

Key = tuple[str, UUID, UUID]


async def alone(tx: Connection) -> bool:
    """Whether this transaction is the only composer until it ends."""
    return bool(await tx.fetchval(_LOCK))


async def due(tx: Connection, window: timedelta, *, digests: bool) -> list[str]:
    """Recipients with something urgent waiting and, if asked, those whose digest is due."""
    found = {row[0] for row in await tx.fetch(_URGENT, window)}
    if digests:
        found |= {row[0] for row in await tx.fetch(_DIGESTS, window)}
    return sorted(found)


async def recipient(tx: Connection, recipient_id: str) -> tuple[str, str] | None:
    """Body and channel; None if the recipient is not active any more."""
    row = await tx.fetchrow(_RECIPIENT, recipient_id)
    return (row["body"], row["channel"]) if row and row["active"] else None


async def waiting(
    tx: Connection, recipient_id: str, body: str, window: timedelta
) -> tuple[list[Waiting], list[Key]]:
    """The recipient's planned notifications, locked: urgent ones and old ones first, MOST of them. Then,
    apart, the keys of those that were planned for another body than it receives for now."""
    rows = await tx.fetch(_WAITING, recipient_id, window, MOST, body)
    theirs = [Waiting((r[0], r[1], r[2]), r["urgency"], r["ripe"]) for r in rows if r["theirs"]]
    return theirs, [(r[0], r[1], r[2]) for r in rows if not r["theirs"]]


async def recent(tx: Connection, recipient_id: str, window: timedelta) -> Recent:
    """What the recipient was sent within the window."""
    row: Any = await tx.fetchrow(_RECENT, recipient_id, window)
    return Recent(row["urgent"], row["floods"] > 0)


async def drop(tx: Connection, recipient_id: str) -> None:
    """What waits for a recipient that is not active any more is not sent, and says so."""
    await tx.execute(_DROP, recipient_id)


async def leave(tx: Connection, recipient_id: str, keys: Sequence[Key]) -> None:
    """What was planned for the body that the recipient received for before is not sent, and says so."""
    await tx.execute(_LEAVE, recipient_id, *map(list, zip(*keys, strict=True)))


async def add_deliveries(
    tx: Connection, recipient_id: str, body: str, channel: str, messages: Sequence[Message]
) -> None:
    """Write messages with what they carry, and mark that as queued."""
    made = [(UUID(str(uuid_utils.uuid7())), message) for message in messages]
    await tx.copy_records_to_table(
        "deliveries",
        records=[(id_, recipient_id, body, channel, m.kind, len(m.keys)) for id_, m in made],
        columns=["id", "recipient_id", "body", "channel", "kind", "items"],
    )
    await tx.copy_records_to_table(
        "delivery_items",
        records=[(id_, *key, recipient_id) for id_, m in made for key in m.keys],
        columns=["delivery_id", "subject_kind", "subject_id", "event_id", "recipient_id"],
    )
    keys = [key for message in messages for key in message.keys]
    await tx.execute(_QUEUE, recipient_id, *map(list, zip(*keys, strict=True)))
