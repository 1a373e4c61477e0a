"""The one allow-list from intake's reports to public events: what is not named here does not leave."""

from datetime import datetime
from uuid import UUID

from services.intake.domain.candidate import Refused
from services.intake.domain.report import Report
from shared.contracts.events import (
    FeedbackGiven,
    Location,
    Observation,
    ReporterErased,
    ReportReceived,
    ReportRejected,
    ReportWithdrawn,
)
from shared.contracts.vocabulary import Verdict


def received(report: Report) -> ReportReceived:
    """A report that came in, redacted."""
    submission, times = report.submission, report.times
    return ReportReceived(
        report_id=report.report_id,
        purpose=submission.purpose,
        channel=submission.channel,
        organisation=submission.organisation,
        language=submission.language,
        text=report.text,
        place_hint=report.place_hint,
        reporter_unit=submission.reporter_unit,
        location=Location(latitude=report.point[0], longitude=report.point[1]) if report.point else None,
        observation=_observation(report),
        occurred_at=times.occurred_at,
        submitted_at=times.submitted_at,
        received_at=times.received_at,
        report_date=times.report_date,
        time_flags=times.flags,
    )


def _observation(report: Report) -> Observation | None:
    seen = report.submission.observation
    if seen is None:
        return None
    return Observation(
        group=seen.group,
        stance=seen.stance,
        breadth=seen.breadth,
        people=seen.people,
        second_hand=seen.second_hand,
    )


def rejected(refused: Refused, at: datetime) -> ReportRejected:
    """A registered source's submission that was refused."""
    return ReportRejected(
        report_id=refused.report_id,
        source=refused.scope,
        reason=refused.reason,
        rejected_at=at,
    )


def withdrawn(report_id: UUID, at: datetime) -> ReportWithdrawn:
    """The reporter took it back."""
    return ReportWithdrawn(report_id=report_id, withdrawn_at=at)


def feedback(
    report_id: UUID, case_id: UUID, verdict: Verdict, case_version: int, at: datetime
) -> FeedbackGiven:
    """What the reporter says to the answer of one case of the report."""
    return FeedbackGiven(
        report_id=report_id, case_id=case_id, verdict=verdict, case_version=case_version, given_at=at
    )


def erased(report_id: UUID, at: datetime) -> ReporterErased:
    """The reporter asked for erasure."""
    return ReporterErased(report_id=report_id, erased_at=at)
