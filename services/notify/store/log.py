"""Reads of the delivery log, by key and never by page number."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from asyncpg import Record

from shared.database import Connection

_FIELDS = """
d.id, d.recipient_id, d.body, d.unit, d.channel, d.kind, d.items, d.state, d.attempts, d.error, d.created_at,
d.next_attempt_at, d.settled_at, r.address
"""
_CONDITIONS = {
    "state": "d.state = ${}",
    "channel": "d.channel = ${}",
    "body": "d.body = ${}",
    "unit": "d.unit = ${}",
    "after": "d.id < ${}",
    "before": "d.id > ${}",
}
_ONE = f"SELECT {_FIELDS} FROM deliveries AS d JOIN recipients AS r ON r.id = d.recipient_id WHERE d.id = $1"  # noqa: S608
_ATTEMPTS = """
SELECT number, started_at, ended_at, outcome, error FROM attempts WHERE delivery_id = $1 ORDER BY number
"""
_SUBJECTS = """
SELECT i.subject_kind, i.subject_id, i.event_id, n.version, n.urgency, n.state, n.reason, n.planned_at,
    coalesce(c.category, w.category) AS category, coalesce(c.unit, w.unit) AS unit
FROM delivery_items AS i
JOIN notifications AS n USING (subject_kind, subject_id, event_id, recipient_id)
LEFT JOIN known_cases AS c ON i.subject_kind = 'case' AND c.case_id = i.subject_id
LEFT JOIN known_warnings AS w ON i.subject_kind = 'warning' AND w.warning_id = i.subject_id
WHERE i.delivery_id = $1 ORDER BY n.planned_at, i.subject_id LIMIT $2
"""
_COUNTS = "SELECT state, count(*) AS n FROM deliveries GROUP BY state"
_RECIPIENTS = """
SELECT id, body, channel, address, policy, active, language FROM recipients WHERE id > $1 ORDER BY id LIMIT $2
"""


async def deliveries(tx: Connection, filters: Mapping[str, str | UUID], limit: int) -> list[Record]:
    """Newest first; `filters`: state, channel, body, unit; `after` or `before` an id of the page's edge."""
    known = [(name, value) for name, value in filters.items() if name in _CONDITIONS]
    where = " AND ".join(_CONDITIONS[name].format(n) for n, (name, _) in enumerate(known, 1)) or "true"
    order = "ASC" if "before" in filters else "DESC"
    sql = (
        f"SELECT {_FIELDS} FROM deliveries AS d JOIN recipients AS r ON r.id = d.recipient_id "  # noqa: S608
        f"WHERE {where} ORDER BY d.id {order} LIMIT {limit:d}"
    )
    rows = await tx.fetch(sql, *(value for _, value in known))
    return rows[::-1] if order == "ASC" else rows


async def delivery(tx: Connection, id_: UUID) -> Record | None:
    """One message, or None."""
    return await tx.fetchrow(_ONE, id_)


async def attempts(tx: Connection, id_: UUID) -> list[Record]:
    """The attempts of a message, oldest first."""
    return await tx.fetch(_ATTEMPTS, id_)


async def subjects(tx: Connection, id_: UUID, limit: int) -> list[Record]:
    """What a message carries, oldest first."""
    return await tx.fetch(_SUBJECTS, id_, limit)


async def counts(tx: Connection) -> dict[str, int]:
    """How many messages there are in each state."""
    rows: list[Any] = await tx.fetch(_COUNTS)
    return {row["state"]: row["n"] for row in rows}


async def recipients(tx: Connection, after: str, limit: int) -> list[Record]:
    """Recipients by id, after the given one."""
    return await tx.fetch(_RECIPIENTS, after, limit)
