"""`reports.events`: what became of a submission, and what its reporter did afterwards. The only free text."""

from datetime import date, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import Field

from shared.contracts.events.base import Event, Observation, Part
from shared.contracts.vocabulary import Channel, Organisation, Purpose, TimeFlag, Verdict


class Location(Part):
    """WGS84, rounded to four decimals (about eleven metres) at intake."""

    latitude: Annotated[float, Field(ge=-90, le=90)]
    longitude: Annotated[float, Field(ge=-180, le=180)]


class ReportEvent(Event):
    topic: ClassVar[str] = "reports.events"
    report_id: UUID

    @property
    def key(self) -> str:
        return str(self.report_id)


class ReportReceived(ReportEvent):
    """A report was accepted, its identity sealed and its text redacted."""

    purpose: Purpose
    channel: Channel
    organisation: Organisation | None = None
    language: str = "vi"
    text: str
    place_hint: str | None = None
    reporter_unit: str | None = None
    """Official commune code, as told."""
    location: Location | None = None
    observation: Observation | None = None
    occurred_at: datetime | None = None
    submitted_at: datetime
    received_at: datetime
    report_date: date
    time_flags: tuple[TimeFlag, ...] = ()


class ReportRejected(ReportEvent):
    """A submission from a registered source was refused; `report_id` is the id it would have had.

    The source's own id of it is not told: people write it, and it may be a name or a telephone number.
    """

    source: str
    reason: str
    rejected_at: datetime


class FeedbackGiven(ReportEvent):
    """The reporter agrees with an answer, or objects to it, by the tracking code. No free text."""

    case_id: UUID | None = None
    """The case of the report whose answer it is about: the root, or a part. Null or missing: the root."""
    verdict: Verdict
    case_version: Annotated[int, Field(ge=1)]
    """The version of the case whose answer the reporter saw."""
    given_at: datetime


class ReportWithdrawn(ReportEvent):
    """The reporter took the report back, by the tracking code."""

    withdrawn_at: datetime


class ReporterErased(ReportEvent):
    """The reporter asked for erasure: the data key is destroyed, the redacted text must go too."""

    erased_at: datetime
