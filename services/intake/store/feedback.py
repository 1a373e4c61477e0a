"""What reporters said to the answers they got: one row a (case, settlement)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from shared.contracts.vocabulary import Verdict
from shared.database import Connection

_GIVEN = """
SELECT case_id, verdict, given_at FROM feedback
JOIN unnest($1::uuid[], $2::smallint[]) AS u (case_id, settlement) USING (case_id, settlement)
"""
_KEEP = """
INSERT INTO feedback (report_id, case_id, settlement, verdict, case_version) VALUES ($1, $2, $3, $4, $5)
RETURNING given_at
"""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a reporter said, and when."""

    verdict: Verdict
    given_at: datetime


async def given(connection: Connection, settlements: Mapping[UUID, int]) -> dict[UUID, Feedback]:
    """What was said to the answer of each case's settlement, by the case's id, if anything."""
    if not settlements:
        return {}
    rows = await connection.fetch(_GIVEN, list(settlements), list(settlements.values()))
    return {row["case_id"]: Feedback(row["verdict"], row["given_at"]) for row in rows}


async def keep(
    tx: Connection, report_id: UUID, case_id: UUID, *, settlement: int, verdict: Verdict, case_version: int
) -> Feedback:
    """Keep what is said now of a case of the report; the report's row is locked."""
    at: datetime = await tx.fetchval(_KEEP, report_id, case_id, settlement, verdict, case_version)
    return Feedback(verdict, at)
