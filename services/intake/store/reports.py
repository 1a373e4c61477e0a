"""Reports as they may be kept, and identities under seal."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from services.intake.domain.report import Report
from services.intake.domain.sealing import Sealed
from shared.database import Connection

_REPORT_COLUMNS = (
    "report_id", "door", "purpose", "channel", "organisation", "language", "text", "place_hint",
    "reporter_unit", "latitude", "longitude", "observed_group", "stance", "breadth", "people",
    "second_hand", "occurred_at", "submitted_at", "arrived_at", "report_date", "time_flags",
    "tracking_hash", "traceparent", "subject",
)  # fmt: skip
_IDENTITY_COLUMNS = ("report_id", "key_id", "wrapped_key", "nonce", "ciphertext")


class Row(NamedTuple):
    """A new report with what the store adds to it."""

    report: Report
    sealed: Sealed
    door: str
    tracking_hash: bytes
    traceparent: str
    subject: bytes | None
    """By what dead letters of a registered source's same submission are found."""


async def insert(tx: Connection, rows: Sequence[Row]) -> None:
    """Write new reports with their identities."""
    if not rows:
        return
    await tx.copy_records_to_table("reports", records=map(_report, rows), columns=_REPORT_COLUMNS)
    await tx.copy_records_to_table("identities", records=map(_identity, rows), columns=_IDENTITY_COLUMNS)


def _identity(row: Row) -> tuple[Any, ...]:
    sealed = row.sealed
    return row.report.report_id, sealed.key_id, sealed.wrapped_key, sealed.nonce, sealed.ciphertext


def _report(row: Row) -> tuple[Any, ...]:
    report, told, times = row.report, row.report.submission, row.report.times
    seen = told.observation
    observed = (seen.group, seen.stance, seen.breadth, seen.people, seen.second_hand) if seen else (None,) * 5
    return (
        report.report_id,
        row.door,
        told.purpose,
        told.channel,
        told.organisation,
        told.language,
        report.text,
        report.place_hint,
        told.reporter_unit,
        *(report.point or (None, None)),
        *observed,
        times.occurred_at,
        times.submitted_at,
        times.received_at,
        times.report_date,
        times.flags,
        row.tracking_hash,
        row.traceparent,
        row.subject,
    )


@dataclass(frozen=True, slots=True)
class Tracked:
    """A report as its tracking code finds it: no text, no identity."""

    report_id: UUID
    purpose: str
    received_at: datetime
    withdrawn_at: datetime | None
    erased_at: datetime | None
    traceparent: str


_FIND = """
SELECT r.report_id, r.purpose, r.received_at, r.withdrawn_at, e.erased_at, r.traceparent
FROM reports r LEFT JOIN erased_reports e USING (report_id)
WHERE r.tracking_hash = $1
"""
_LOCK = " FOR UPDATE OF r"
_WITHDRAW = """
UPDATE reports SET withdrawn_at = clock_timestamp() WHERE report_id = $1 RETURNING withdrawn_at
"""
_FORGET = """
WITH identity AS (DELETE FROM identities WHERE report_id = $1),
words AS (
    UPDATE reports SET text = NULL, place_hint = NULL, latitude = NULL, longitude = NULL
    WHERE report_id = $1
),
letters AS (
    UPDATE dead_letters SET payload = NULL, state = 'discarded', settled_by = 'erasure', settled_at = now()
    WHERE state = 'open' AND subject = (SELECT subject FROM reports WHERE report_id = $1)
)
INSERT INTO erased_reports (report_id, erased_at) VALUES ($1, clock_timestamp()) RETURNING erased_at
"""


async def find(connection: Connection, tracking_hash: bytes, *, lock: bool = False) -> Tracked | None:
    """The report of a tracking code; `lock` holds its row until the transaction ends."""
    row = await connection.fetchrow(_FIND + (_LOCK if lock else ""), tracking_hash)
    return Tracked(**row) if row else None


async def withdraw(tx: Connection, report_id: UUID) -> datetime:
    """Mark a report that its reporter took back; returns when."""
    at: datetime = await tx.fetchval(_WITHDRAW, report_id)
    return at


async def forget(tx: Connection, report_id: UUID) -> datetime:
    """Destroy a report's data key, sealed words, redacted words and place; returns when.

    Dead letters of the same submission, refused before it or in conflict with it, go with it: they may name
    the same person.
    """
    at: datetime = await tx.fetchval(_FORGET, report_id)
    return at
