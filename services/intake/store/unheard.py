"""Reports and words on answers of which routing has not been heard: nothing has come of them here."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from uuid import UUID

from services.intake.domain.report import Report
from services.intake.domain.submission import Observation, Submission
from services.intake.domain.times import Times
from shared.contracts.vocabulary import Verdict
from shared.database import Connection

if TYPE_CHECKING:
    import asyncpg

_AFTER = """
SELECT report_id, purpose, channel, organisation, language, text, place_hint, reporter_unit, latitude,
    longitude, observed_group, stance, breadth, people, second_hand, occurred_at, submitted_at, arrived_at,
    report_date, time_flags, traceparent, withdrawn_at, erased_at
FROM reports AS r LEFT JOIN erased_reports AS e USING (report_id)
WHERE report_id > $1 AND received_at < clock_timestamp() - $2::interval
    AND NOT EXISTS (SELECT FROM case_status AS s WHERE s.case_id = r.report_id)
ORDER BY report_id LIMIT $3 FOR UPDATE OF r
"""
_FEEDBACK = """
SELECT f.report_id, f.case_id, f.verdict, f.case_version, f.given_at, r.traceparent
FROM feedback AS f JOIN reports AS r USING (report_id)
JOIN case_status AS s ON s.case_id = f.case_id AND s.settlement = f.settlement
WHERE f.case_id > $1 AND s.state IN ('answered', 'told') AND f.given_at < clock_timestamp() - $2::interval
ORDER BY f.case_id LIMIT $3
"""


@dataclass(frozen=True, slots=True)
class Said:
    """What a reporter said of an answer that still waits for it."""

    report_id: UUID
    case_id: UUID
    verdict: Verdict
    case_version: int
    given_at: datetime
    traceparent: str


async def feedback_after(tx: Connection, after: UUID, older_than: timedelta, limit: int) -> Sequence[Said]:
    """The next words on answers, given so long ago, of which nothing has come, by the cases' ids."""
    return [Said(**row) for row in await tx.fetch(_FEEDBACK, after, older_than, limit)]


@dataclass(frozen=True, slots=True)
class Unheard:
    """A report as it was announced once, and when it was taken back or erased since, if it was."""

    report: Report
    traceparent: str
    withdrawn_at: datetime | None
    erased_at: datetime | None


async def lock_after(tx: Connection, after: UUID, older_than: timedelta, limit: int) -> Sequence[Unheard]:
    """Lock the next such reports that came in so long ago, in order of their ids; an erased one is empty."""
    return [
        Unheard(_report(row), row["traceparent"], row["withdrawn_at"], row["erased_at"])
        for row in await tx.fetch(_AFTER, after, older_than, limit)
    ]


def _report(row: "asyncpg.Record") -> Report:
    told = Submission.model_construct(
        text=row["text"],
        purpose=row["purpose"],
        channel=row["channel"],
        organisation=row["organisation"],
        language=row["language"],
        reporter_unit=row["reporter_unit"],
        observation=_observation(row),
    )
    times = Times(
        row["occurred_at"],
        row["submitted_at"],
        row["arrived_at"],
        row["report_date"],
        tuple(row["time_flags"]),
    )
    point = None if row["latitude"] is None else (row["latitude"], row["longitude"])
    return Report(row["report_id"], row["text"] or "", row["place_hint"], point, told, times)


def _observation(row: "asyncpg.Record") -> Observation | None:
    if row["observed_group"] is None:
        return None
    return Observation.model_construct(
        group=row["observed_group"],
        stance=row["stance"],
        breadth=row["breadth"],
        people=row["people"],
        second_hand=row["second_hand"],
    )
