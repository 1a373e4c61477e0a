"""What the life of cases asks of the tables: commands carried out before, answers that stand, calendars."""

from uuid import UUID

from services.routing.domain.case import Case
from services.routing.store.rows import case_of
from shared.contracts.vocabulary import ENDED_STATES
from shared.database import Connection

_DECIDED_BY = "SELECT kind FROM case_decisions WHERE case_id = $1 AND causing_event = $2 ORDER BY step"
_UNOPPOSED = """
SELECT case_id FROM cases WHERE state = 'told' AND object_by <= clock_timestamp() ORDER BY object_by LIMIT $1
"""
_CLOCKED = """
SELECT * FROM cases WHERE case_id > $1 AND listen_by IS NOT NULL AND state <> ALL ($2::text[])
ORDER BY case_id LIMIT $3 FOR UPDATE
"""
_LINKED = """
SELECT c.case_id FROM incidents AS i JOIN cases AS c ON c.incident = i.incident_id::text
WHERE i."leading" = $1 AND c.state = 'linked'
"""
_ALONE = "SELECT pg_try_advisory_xact_lock(hashtext(current_schema()), hashtext('calendars'))"


async def decided_by(tx: Connection, case_id: UUID, cause: UUID) -> list[str]:
    """The kinds of decisions that a command or event has led to on a case before."""
    return [row["kind"] for row in await tx.fetch(_DECIDED_BY, case_id, cause)]


async def linked_to(tx: Connection, leading: UUID) -> list[UUID]:
    """Cases that go with this one, if it leads an incident."""
    return [row["case_id"] for row in await tx.fetch(_LINKED, leading)]


async def unopposed(tx: Connection, limit: int) -> list[UUID]:
    """Cases whose reporters were told and may not object any more."""
    return [row["case_id"] for row in await tx.fetch(_UNOPPOSED, limit)]


async def lock_clocked(tx: Connection, after: UUID, limit: int) -> list[Case]:
    """Lock and read the cases behind this id whose clocks run or stand still, in order of their ids."""
    return [case_of(row) for row in await tx.fetch(_CLOCKED, after, ENDED_STATES, limit)]


async def alone(tx: Connection) -> bool:
    """Whether no other process counts clocks anew; holds until the transaction ends."""
    return bool(await tx.fetchval(_ALONE))


async def calendar_seen(tx: Connection, digest: str) -> bool:
    """Whether every case's clocks have been counted by this calendar."""
    return bool(await tx.fetchval("SELECT true FROM calendars WHERE digest = $1", digest))


async def remember_calendar(tx: Connection, digest: str, moved: int) -> None:
    """Every case's clocks are counted by this calendar, of which so many moved. Only the last one counts."""
    await tx.execute("DELETE FROM calendars")
    await tx.execute("INSERT INTO calendars (digest, moved) VALUES ($1, $2)", digest, moved)
