"""What reporters said to the answers they got: one row a (report, settlement)."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.contracts.vocabulary import Verdict
from shared.database import Connection


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a reporter said, and when."""

    verdict: Verdict
    given_at: datetime


async def given(connection: Connection, report_id: UUID, settlement: int) -> Feedback | None:
    """What was said to the answer of this settlement, if anything."""
    row = await connection.fetchrow(
        "SELECT verdict, given_at FROM feedback WHERE report_id = $1 AND settlement = $2",
        report_id,
        settlement,
    )
    return Feedback(**row) if row else None


async def keep(
    tx: Connection, report_id: UUID, settlement: int, verdict: Verdict, case_version: int
) -> Feedback:
    """Keep what is said now; the report's row is locked."""
    at: datetime = await tx.fetchval(
        "INSERT INTO feedback (report_id, settlement, verdict, case_version) VALUES ($1, $2, $3, $4)"
        " RETURNING given_at",
        report_id,
        settlement,
        verdict,
        case_version,
    )
    return Feedback(verdict, at)
