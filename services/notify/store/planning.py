"""What planning reads and writes: few round trips a batch, COPY for what is new."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from shared.database import Connection

_VERSIONS = "SELECT case_id, version FROM known_cases WHERE case_id = ANY ($1::uuid[])"
_WARNING_VERSIONS = "SELECT warning_id, version FROM known_warnings WHERE warning_id = ANY ($1::uuid[])"
_PLANNED_EVENTS = """
SELECT DISTINCT event_id FROM notifications WHERE subject_kind = $1 AND subject_id = ANY ($2::uuid[])
"""
_LOWER_CASES = "DELETE FROM known_cases WHERE case_id = ANY ($1::uuid[])"
_LOWER_WARNINGS = "DELETE FROM known_warnings WHERE warning_id = ANY ($1::uuid[])"
_SUPERSEDE = """
WITH older AS (
    SELECT subject_kind, subject_id, event_id, recipient_id FROM notifications AS n
    WHERE subject_kind = $1 AND subject_id = ANY ($2::uuid[]) AND state = 'planned' AND EXISTS (
        SELECT 1 FROM notifications AS m
        WHERE m.subject_kind = n.subject_kind AND m.subject_id = n.subject_id
            AND m.recipient_id = n.recipient_id AND m.version > n.version)
    ORDER BY subject_kind, subject_id, event_id, recipient_id FOR UPDATE
)
UPDATE notifications AS n SET state = 'superseded', reason = 'newer_version', settled_at = clock_timestamp()
FROM older WHERE (n.subject_kind, n.subject_id, n.event_id, n.recipient_id)
    = (older.subject_kind, older.subject_id, older.event_id, older.recipient_id)
"""


class KnownCase(NamedTuple):
    """A row of `known_cases`, in the table's order."""

    case_id: UUID
    version: int
    unit: str | None
    purpose: str
    category: str
    severity: int
    state: str
    restricted: bool
    settle_by: datetime | None
    listening_owner: str
    resolving_owner: str | None
    audience: tuple[str, ...]


class KnownWarning(NamedTuple):
    """A row of `known_warnings`, in the table's order."""

    warning_id: UUID
    version: int
    unit: str
    category: str
    restricted: bool
    window_start: date
    window_end: date
    observed: int
    expected: float | None


class NotificationRow(NamedTuple):
    """A new row of `notifications`; the database adds when it was planned."""

    subject_kind: str
    subject_id: UUID
    event_id: UUID
    recipient_id: str
    body: str
    version: int
    urgency: str
    state: str
    reason: str | None
    trace_id: UUID | None


async def case_versions(tx: Connection, case_ids: Collection[UUID]) -> dict[UUID, int]:
    """The versions that the view holds; cases that it does not know are left out."""
    return {row[0]: row[1] for row in await tx.fetch(_VERSIONS, list(case_ids))}


async def warning_versions(tx: Connection, warning_ids: Collection[UUID]) -> dict[UUID, int]:
    """As `case_versions`, of warnings."""
    return {row[0]: row[1] for row in await tx.fetch(_WARNING_VERSIONS, list(warning_ids))}


async def planned_events(tx: Connection, subject_kind: str, subject_ids: Collection[UUID]) -> set[UUID]:
    """The events of these subjects that have been planned."""
    if not subject_ids:
        return set()
    return {row[0] for row in await tx.fetch(_PLANNED_EVENTS, subject_kind, list(subject_ids))}


async def replace_cases(tx: Connection, cases: Sequence[KnownCase], outdated: Iterable[UUID]) -> None:
    """Write rows of the view; `outdated` are those of them that have a row already."""
    if old := sorted(outdated):
        await tx.execute(_LOWER_CASES, old)
    await _copy(tx, "known_cases", KnownCase._fields, cases)


async def replace_warnings(
    tx: Connection, warnings: Sequence[KnownWarning], outdated: Iterable[UUID]
) -> None:
    """As `replace_cases`, of warnings."""
    if old := sorted(outdated):
        await tx.execute(_LOWER_WARNINGS, old)
    await _copy(tx, "known_warnings", KnownWarning._fields, warnings)


async def add_notifications(tx: Connection, rows: Sequence[NotificationRow]) -> None:
    """Write new notifications; one that is there already raises a unique violation."""
    await _copy(tx, "notifications", NotificationRow._fields, rows)


async def supersede(tx: Connection, subject_kind: str, subject_ids: Collection[UUID]) -> int:
    """Mark planned rows whose recipient has one of a higher version of the same subject; says how many."""
    if not subject_ids:
        return 0
    return int((await tx.execute(_SUPERSEDE, subject_kind, sorted(subject_ids))).split()[-1])


async def _copy(
    tx: Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[object, ...]]
) -> None:
    if rows:
        await tx.copy_records_to_table(table, records=rows, columns=list(columns))
