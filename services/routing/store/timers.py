"""Timers: which cases must be looked at, who was reached, what was done, how many calls a body has had."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.routing.store.rows import reasons_of
from shared.database import Connection

_ALONE = "SELECT pg_try_advisory_xact_lock(hashtext(current_schema()), hashtext('timers'))"
_DUE = "SELECT case_id FROM cases WHERE look_at <= clock_timestamp() ORDER BY look_at LIMIT $1"
_LOOK = """
UPDATE cases SET look_at = u.at FROM unnest($1::uuid[], $2::timestamptz[]) AS u (id, at) WHERE case_id = u.id
"""
_REACHED = """
SELECT case_id, body, min(at) AS at FROM reached WHERE case_id = ANY ($1::uuid[]) GROUP BY case_id, body
"""
_DONE = """
SELECT case_id, decided_at, reasons FROM case_decisions
WHERE case_id = ANY ($1::uuid[]) AND kind IN ('Reminded', 'Escalated') ORDER BY case_id, version
"""
_CALLS = "SELECT body, sent FROM calls WHERE hour = $1 AND body = ANY ($2::text[])"
_COUNT = """
INSERT INTO calls (body, hour, sent, held)
SELECT u.body, $1, u.sent, u.held FROM unnest($2::text[], $3::int[], $4::int[]) AS u (body, sent, held)
ON CONFLICT (body, hour) DO UPDATE SET sent = calls.sent + excluded.sent, held = calls.held + excluded.held
"""
_FORGET = "DELETE FROM calls WHERE hour < $1"
_ARM = """
UPDATE timers_armed SET digest = $1, armed_at = clock_timestamp() WHERE digest <> $1 RETURNING true
"""
_LOOK_AGAIN = """
WITH slice AS (
    SELECT case_id FROM cases WHERE (look_at IS NOT NULL OR state = 'suspended') AND case_id > $1
    ORDER BY case_id LIMIT $2 FOR UPDATE
)
UPDATE cases AS c SET look_at = least(c.look_at, clock_timestamp()) FROM slice WHERE c.case_id = slice.case_id
RETURNING c.case_id
"""
_STATE = """
SELECT count(*) FILTER (WHERE look_at <= clock_timestamp()) AS due,
    greatest(extract(epoch FROM clock_timestamp() - min(look_at)), 0)::float8 AS late_s,
    count(*) FILTER (WHERE settle_by < clock_timestamp() AND state <> 'answered') AS settle,
    count(*) FILTER (WHERE listen_by < clock_timestamp() AND state <> 'suspended') AS listen,
    (SELECT coalesce(sum(held), 0) FROM calls WHERE hour = date_trunc('hour', clock_timestamp())) AS held
FROM cases WHERE look_at IS NOT NULL
"""


class State(NamedTuple):
    """Looks that are due and the seconds that the oldest is late; overdue cases by clock; calls held back."""

    due: int
    late_s: float
    settle: int
    listen: int
    held: int


async def alone(tx: Connection) -> bool:
    """Whether nobody else works on timers now; holds until the transaction ends."""
    return bool(await tx.fetchval(_ALONE))


async def due(tx: Connection, limit: int) -> list[UUID]:
    """The cases whose look is due, the longest first; nothing is locked."""
    return [row["case_id"] for row in await tx.fetch(_DUE, limit)]


async def look(tx: Connection, looks: Mapping[UUID, datetime | None]) -> None:
    """When to look at these cases again, which are locked."""
    await tx.execute(_LOOK, list(looks), list(looks.values()))


async def reached(tx: Connection, case_ids: Sequence[UUID]) -> dict[UUID, dict[str, datetime]]:
    """When each body was first told of each case."""
    found: dict[UUID, dict[str, datetime]] = {}
    for row in await tx.fetch(_REACHED, case_ids):
        found.setdefault(row["case_id"], {})[row["body"]] = row["at"]
    return found


async def done(tx: Connection, case_ids: Sequence[UUID]) -> dict[UUID, dict[str, datetime]]:
    """When each rule that called somebody last did so, by case."""
    found: dict[UUID, dict[str, datetime]] = {}
    for row in await tx.fetch(_DONE, case_ids):
        for reason in reasons_of(row["reasons"]):
            found.setdefault(row["case_id"], {})[reason.rule] = row["decided_at"]
    return found


async def calls(tx: Connection, hour: datetime, bodies: Sequence[str]) -> dict[str, int]:
    """How many calls each of these bodies has had in the hour."""
    return {row["body"]: row["sent"] for row in await tx.fetch(_CALLS, hour, bodies)}


async def count(tx: Connection, hour: datetime, counted: Mapping[str, tuple[int, int]]) -> None:
    """Add {body: (sent, held)} to the hour, and forget hours long past."""
    sent, held = [n for n, _ in counted.values()], [n for _, n in counted.values()]
    await tx.execute(_COUNT, hour, list(counted), sent, held)


async def forget(tx: Connection, before: datetime) -> None:
    """Drop the counts of hours before this one."""
    await tx.execute(_FORGET, before)


async def arm(tx: Connection, digest: str) -> bool:
    """Whether looks were planned by other rules than these; remembers that they are by these now."""
    return bool(await tx.fetchval(_ARM, digest))


async def look_again(tx: Connection, after: UUID, limit: int) -> UUID | None:
    """Have the next cases whose clocks run looked at now, in order of ids; the last one's id, or None."""
    ids = [row["case_id"] for row in await tx.fetch(_LOOK_AGAIN, after, limit)]
    return max(ids, default=None)


async def state(tx: Connection) -> State:
    """What is due and overdue now, of the cases whose clocks run."""
    row = await tx.fetchrow(_STATE)
    assert row is not None
    return State(*row)
