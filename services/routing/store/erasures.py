"""Erased reporters: texts, and the words in findings and reasons, go at once; codes stay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.routing.store import incident_prints
from services.routing.store.findings import findings_bytes, findings_of
from services.routing.store.rows import reasons_bytes, reasons_of
from shared.database import Connection

_FENCE = "SELECT clock_timestamp() AS now, {}(hashtext(current_schema()), hashtext('erasures'))"
_ERASED = "SELECT report_id FROM erased_reports WHERE report_id = ANY ($1::uuid[])"
_REMEMBER = """
INSERT INTO erased_reports (report_id, erased_at) SELECT * FROM unnest($1::uuid[], $2::timestamptz[])
ON CONFLICT DO NOTHING RETURNING report_id
"""
_CASES = """
SELECT case_id, findings FROM cases
WHERE case_id = ANY ($1::uuid[]) OR (root_id <> case_id AND root_id = ANY ($1::uuid[]))
ORDER BY case_id FOR UPDATE
"""
_DECISIONS = """
SELECT case_id, version, reasons FROM case_decisions WHERE case_id = ANY ($1::uuid[])
ORDER BY case_id, version FOR UPDATE
"""
_LETTERS = """
SELECT DISTINCT d.id, d.topic, d.partition, d.record_offset, d.payload
FROM dead_letters AS d JOIN unnest($1::bytea[]) AS named (key) ON position(named.key IN d.payload) > 0
WHERE d.topic = 'reports.events' AND NOT d.sealed ORDER BY d.id
"""


async def fence(tx: Connection, *, erasing: bool) -> datetime:
    """Until the transaction ends, erasures and everything else that writes cases keep apart; returns now.

    Without it a report that is redriven at the very moment would be written with its text after the erasure
    had looked for it. Taken before any row is locked.
    """
    lock = "pg_advisory_xact_lock" if erasing else "pg_advisory_xact_lock_shared"
    row = await tx.fetchrow(_FENCE.format(lock))
    assert row is not None
    now: datetime = row["now"]
    return now


async def erased(tx: Connection, report_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these reporters have asked for erasure."""
    return {row["report_id"] for row in await tx.fetch(_ERASED, report_ids)}


async def remember(tx: Connection, reports: Sequence[tuple[UUID, datetime]]) -> set[UUID]:
    """Keep who asked for erasure, for every later apply and redrive; returns those not kept already."""
    ordered = sorted(set(reports))
    rows = await tx.fetch(_REMEMBER, [r for r, _ in ordered], [at for _, at in ordered])
    return {row["report_id"] for row in rows}


async def erase_cases(tx: Connection, report_ids: Sequence[UUID]) -> None:
    """Delete the texts of these reports' cases, and the words that decisions matched in them."""
    cases = await tx.fetch(_CASES, sorted(report_ids))
    ids = [row["case_id"] for row in cases]
    await tx.execute("DELETE FROM case_texts WHERE case_id = ANY ($1::uuid[])", ids)
    await incident_prints.forget_compared(tx, ids)
    await tx.executemany(
        "UPDATE cases SET findings = $2 WHERE case_id = $1",
        [(row["case_id"], findings_bytes(findings_of(row["findings"]).wordless())) for row in cases],
    )
    decisions = await tx.fetch(_DECISIONS, ids)
    await tx.executemany(
        "UPDATE case_decisions SET reasons = $3, salt = NULL WHERE case_id = $1 AND version = $2",
        [(row["case_id"], row["version"], _wordless(row["reasons"])) for row in decisions],
    )


def _wordless(reasons: bytes) -> bytes:
    return reasons_bytes([reason.wordless() for reason in reasons_of(reasons)])


@dataclass(frozen=True, slots=True)
class KeptLetter:
    """A dead letter as it is stored; `payload` holds the whole record."""

    id: int
    topic: str
    partition: int
    offset: int
    payload: bytes


async def letters_naming(tx: Connection, keys: Sequence[bytes]) -> list[KeptLetter]:
    """Dead letters of reports whose stored record holds one of these keys (as the payload encodes them)."""
    return [KeptLetter(*row) for row in await tx.fetch(_LETTERS, keys)]


async def rewrite_letters(tx: Connection, letters: Sequence[tuple[int, bytes]]) -> None:
    """Put another payload into dead letters."""
    await tx.executemany("UPDATE dead_letters SET payload = $2 WHERE id = $1", letters)
