"""Commands that wait for their case, and who was reached."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.database import Connection

_PARK = """
INSERT INTO parked_commands (case_id, causing_event, kind, at, traceparent)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::text[])
ON CONFLICT DO NOTHING RETURNING case_id, causing_event
"""
_PARKED = """
SELECT * FROM parked_commands WHERE case_id = ANY ($1::uuid[]) ORDER BY case_id, causing_event FOR UPDATE
"""
_WAITING = """
SELECT count(*) AS n, coalesce(extract(epoch FROM clock_timestamp() - min(parked_at)), 0)::float8 AS oldest_s
FROM parked_commands
"""
_RIPE = """
SELECT p.case_id FROM parked_commands p JOIN cases c USING (case_id) ORDER BY p.case_id LIMIT $1
"""
_REACHED = """
INSERT INTO reached (case_id, body, channel, at)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[])
ON CONFLICT DO NOTHING RETURNING case_id, body, channel
"""


@dataclass(frozen=True, slots=True)
class Parked:
    """A command whose case is not there yet; `causing_event` brought it, `at` is when it was asked for."""

    case_id: UUID
    causing_event: UUID
    kind: str
    at: datetime
    traceparent: str | None


async def park(tx: Connection, commands: Sequence[Parked]) -> set[tuple[UUID, UUID]]:
    """Keep commands under (case, causing event); returns those that were not kept already."""
    if not commands:
        return set()
    columns = [
        [getattr(c, name) for c in commands]
        for name in ("case_id", "causing_event", "kind", "at", "traceparent")
    ]
    return {(r["case_id"], r["causing_event"]) for r in await tx.fetch(_PARK, *columns)}


async def parked_for(tx: Connection, case_ids: Sequence[UUID]) -> list[Parked]:
    """Lock and read what waits for these cases, in order."""
    return [
        Parked(r["case_id"], r["causing_event"], r["kind"], r["at"], r["traceparent"])
        for r in await tx.fetch(_PARKED, case_ids)
    ]


async def unpark(tx: Connection, commands: Sequence[Parked]) -> None:
    """Forget commands that were carried out."""
    await tx.execute(
        "DELETE FROM parked_commands USING unnest($1::uuid[], $2::uuid[]) AS u (c, e) "
        "WHERE case_id = u.c AND causing_event = u.e",
        [c.case_id for c in commands],
        [c.causing_event for c in commands],
    )


async def ripe(tx: Connection, limit: int) -> list[UUID]:
    """Cases that exist and for which something waits all the same."""
    return [row["case_id"] for row in await tx.fetch(_RIPE, limit)]


async def waiting(tx: Connection) -> tuple[int, float]:
    """How many commands wait, and for how many seconds the longest has."""
    row = await tx.fetchrow(_WAITING)
    assert row is not None
    return row["n"], row["oldest_s"]


async def mark_reached(
    tx: Connection, marks: Sequence[tuple[UUID, str, str, datetime]]
) -> set[tuple[UUID, str, str]]:
    """Remember which body was reached for which case by which channel; returns the new ones."""
    columns = [list(column) for column in zip(*marks, strict=True)]
    return {(r["case_id"], r["body"], r["channel"]) for r in await tx.fetch(_REACHED, *columns)}
