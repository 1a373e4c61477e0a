"""How far each case is, for receipts: one row a case, the highest version wins."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.intake.wire import CaseProgress
from shared.database import Connection

_UPSERT = """
INSERT INTO case_status AS known (case_id, root_id, version, state, restricted, unit, category,
    listening_owner, resolving_owner, settle_by, listen_by, object_by, outcome, settlement,
    opened_at, decided_at)
SELECT u.*, u.decided_at FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::bool[], $6::text[],
    $7::text[], $8::text[], $9::text[], $10::timestamptz[], $11::timestamptz[], $12::timestamptz[],
    $13::text[], $14::smallint[], $15::timestamptz[])
    AS u (case_id, root_id, version, state, restricted, unit, category,
        listening_owner, resolving_owner, settle_by, listen_by, object_by, outcome, settlement, decided_at)
ON CONFLICT (case_id) DO UPDATE SET version = excluded.version, state = excluded.state,
    restricted = excluded.restricted, unit = excluded.unit, category = excluded.category,
    listening_owner = excluded.listening_owner, resolving_owner = excluded.resolving_owner,
    settle_by = excluded.settle_by, listen_by = excluded.listen_by, object_by = excluded.object_by,
    outcome = excluded.outcome, settlement = excluded.settlement,
    opened_at = least(known.opened_at, excluded.opened_at), decided_at = excluded.decided_at,
    updated_at = clock_timestamp()
WHERE known.version < excluded.version
RETURNING case_id
"""
_OF_REPORT = """
SELECT case_id, version, state, restricted, unit, category, listening_owner, resolving_owner, settle_by,
    listen_by, object_by, outcome, settlement, opened_at, decided_at
FROM case_status WHERE case_id = $1 OR (root_id = $1 AND case_id <> root_id)
ORDER BY case_id <> $1, case_id
"""
"""The second condition is as the partial index on parts has it: few reports have any."""


@dataclass(frozen=True, slots=True)
class Status:
    """A case as its reporter may see it."""

    version: int
    state: str
    restricted: bool
    unit: str | None
    category: str
    listening_owner: str
    resolving_owner: str | None
    settle_by: datetime | None
    listen_by: datetime | None
    object_by: datetime | None
    outcome: str | None
    settlement: int
    opened_at: datetime
    decided_at: datetime


async def raise_to(tx: Connection, events: Sequence[CaseProgress]) -> set[UUID]:
    """Bring each case to its event's version if that is higher; one event a case. Returns whose moved."""
    rows = sorted(events, key=lambda e: e.case_id)
    moved = await tx.fetch(
        _UPSERT,
        [e.case_id for e in rows],
        [e.root_id for e in rows],
        [e.version for e in rows],
        [e.after.state for e in rows],
        [e.after.restricted for e in rows],
        [e.after.unit for e in rows],
        [e.after.category for e in rows],
        [e.after.listening_owner for e in rows],
        [e.after.resolving_owner for e in rows],
        [e.after.clocks.settle_by for e in rows],
        [e.after.clocks.listen_by for e in rows],
        [e.after.clocks.object_by for e in rows],
        [e.after.outcome for e in rows],
        [e.settlement for e in rows],
        [e.decided_at for e in rows],
    )
    return {row["case_id"] for row in moved}


async def of_report(connection: Connection, report_id: UUID) -> dict[UUID, Status]:
    """The cases of a report that are known here, by their ids: the root, then its parts in order."""
    rows = [dict(row) for row in await connection.fetch(_OF_REPORT, report_id)]
    return {row.pop("case_id"): Status(**row) for row in rows}
