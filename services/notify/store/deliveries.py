"""Claiming, reading and marking messages. A lease says whose turn it is; nothing is held while sending."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from shared.database import Connection

_DUE = "(state = 'ready' AND next_attempt_at <= clock_timestamp()" + (
    " OR state = 'sending' AND leased_until < clock_timestamp())"
)
# The oldest due message of each recipient: a slow receiver has one sender at most, whatever waits for it.
_CLAIM = f"""
WITH head AS (
    SELECT DISTINCT ON (recipient_id) id FROM deliveries
    WHERE channel = $1 AND {_DUE} AND recipient_id <> ALL ($2::text[])
    ORDER BY recipient_id, next_attempt_at, id
), taken AS (
    SELECT id FROM deliveries WHERE id IN (SELECT id FROM head) AND {_DUE}
    ORDER BY next_attempt_at, id LIMIT $3 FOR UPDATE SKIP LOCKED
)
UPDATE deliveries AS d SET state = 'sending', attempts = d.attempts + 1, lease_token = $4,
    leased_until = clock_timestamp() + $5::interval
FROM taken, recipients AS r WHERE d.id = taken.id AND r.id = d.recipient_id
RETURNING d.id, d.recipient_id, d.body, d.channel, d.kind, d.attempts, d.created_at, d.lease_token,
    r.address, r.secret_id, r.language, r.active, r.body <> d.body
"""  # noqa: S608 - constants only
_OPEN_ATTEMPTS = """
WITH lost AS (
    UPDATE attempts AS a SET outcome = 'lost', ended_at = clock_timestamp()
    FROM unnest($1::uuid[]) AS u (id) WHERE a.delivery_id = u.id AND a.outcome IS NULL
)
INSERT INTO attempts (delivery_id, number) SELECT * FROM unnest($1::uuid[], $2::int[])
"""
_ITEMS = """
SELECT i.subject_kind, i.subject_id, i.event_id, n.trace_id, n.planned_at,
    coalesce(c.version, w.version) AS version, coalesce(c.unit, w.unit) AS unit,
    coalesce(c.category, w.category) AS category, coalesce(c.restricted, w.restricted) AS restricted,
    c.purpose, c.severity, c.state, c.settle_by, w.window_start, w.window_end, w.observed, w.expected,
    coalesce($2 = ANY (c.audience), w.warning_id IS NOT NULL) AS allowed
FROM delivery_items AS i
JOIN notifications AS n USING (subject_kind, subject_id, event_id, recipient_id)
LEFT JOIN known_cases AS c ON i.subject_kind = 'case' AND c.case_id = i.subject_id
LEFT JOIN known_warnings AS w ON i.subject_kind = 'warning' AND w.warning_id = i.subject_id
WHERE i.delivery_id = $1 ORDER BY c.severity DESC NULLS FIRST, c.settle_by NULLS LAST, i.subject_id
"""
_MARK = """
UPDATE deliveries SET state = $3, error = $4, lease_token = NULL, leased_until = NULL,
    next_attempt_at = CASE WHEN $3 = 'ready' THEN clock_timestamp() + $5::interval ELSE next_attempt_at END,
    settled_at = CASE WHEN $3 = 'ready' THEN NULL ELSE clock_timestamp() END
WHERE id = $1 AND lease_token = $2 AND state = 'sending' RETURNING attempts
"""
_CLOSE_ATTEMPT = """
UPDATE attempts SET ended_at = clock_timestamp(), outcome = $3, error = $4
WHERE delivery_id = $1 AND number = $2
"""
_SETTLE = """
UPDATE notifications AS n SET state = $5, reason = $6, settled_at = clock_timestamp()
FROM unnest($2::text[], $3::uuid[], $4::uuid[]) AS u (subject_kind, subject_id, event_id)
WHERE n.recipient_id = $1 AND n.state = 'queued' AND (n.subject_kind, n.subject_id, n.event_id)
    = (u.subject_kind, u.subject_id, u.event_id)
"""
_WAITING = """
SELECT state, count(*) AS n, extract(epoch FROM clock_timestamp() - min(created_at))::float8 AS age
FROM deliveries WHERE state IN ('ready', 'sending') GROUP BY state
"""

Key = tuple[str, UUID, UUID]


class Claimed(NamedTuple):
    """A message that is ours to send until its lease ends."""

    id: UUID
    recipient_id: str
    body: str
    channel: str
    kind: str
    attempt: int
    created_at: datetime
    token: UUID
    address: str
    secret_id: str | None
    language: str
    active: bool
    moved: bool
    """The recipient receives for another body now, so that `address` is not this body's any more."""


async def claim(
    tx: Connection, channel: str, *, busy: Collection[str], most: int, token: UUID, lease: timedelta
) -> list[Claimed]:
    """Lease due messages and those whose lease ran out, one a recipient, none of the `busy` ones."""
    rows = await tx.fetch(_CLAIM, channel, list(busy), most, token, lease)
    claimed = [Claimed(*row) for row in rows]
    if claimed:
        await tx.execute(_OPEN_ATTEMPTS, [c.id for c in claimed], [c.attempt for c in claimed])
    return claimed


async def items(tx: Connection, delivery_id: UUID, body: str) -> list[asyncpg.Record]:
    """What the message carries with today's facts; `allowed`: the body may still know."""
    return await tx.fetch(_ITEMS, delivery_id, body)


async def mark(
    tx: Connection,
    claimed: Claimed,
    *,
    state: str,
    outcome: str,
    error: str | None,
    pause: timedelta = timedelta(0),
) -> bool:
    """Write down how the attempt ended. False, and nothing written, if the lease is not ours any more."""
    attempt = await tx.fetchval(_MARK, claimed.id, claimed.token, state, error, pause)
    if attempt is None:
        return False
    await tx.execute(_CLOSE_ATTEMPT, claimed.id, attempt, outcome, error)
    return True


async def settle(
    tx: Connection, recipient_id: str, keys: Sequence[Key], state: str, reason: str | None
) -> None:
    """End queued notifications of one recipient."""
    if keys:
        columns = [list(column) for column in zip(*sorted(keys), strict=True)]
        await tx.execute(_SETTLE, recipient_id, *columns, state, reason)


async def waiting(tx: Connection) -> dict[str, tuple[int, float]]:
    """How many messages are ready or being sent, and the age of the oldest in seconds."""
    rows: Any = await tx.fetch(_WAITING)
    return {row["state"]: (row["n"], row["age"]) for row in rows}
