"""Every event, past tense, one class a type. CloudEvents attributes travel as Kafka headers, not in here.

Instants are UTC (RFC 3339); dates are local dates of Asia/Ho_Chi_Minh; unit ids are the map's own opaque
ids; bodies are written `kind@unit` (for example `ubnd@u4k2...`). Only `ReportReceived.text` is free text,
and it is redacted.
"""

from datetime import date, datetime
from typing import Annotated, ClassVar
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from shared.contracts.vocabulary import (
    Breadth,
    CaseState,
    Category,
    Channel,
    Flag,
    Group,
    LegalKind,
    Level,
    Organisation,
    Purpose,
    Severity,
    Stance,
    TimeFlag,
)

UnitId = Annotated[str, Field(pattern=r"^u[0-9a-z]{6,15}$")]
BodyId = Annotated[str, Field(pattern=r"^[a-z_]+@u[0-9a-z]{6,15}$", max_length=64)]


class Part(BaseModel):
    """A part of an event: immutable; unknown fields are ignored, so that additive change harms nobody."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class Event(Part):
    """An event's body. `major` and the class name make the CloudEvents type, `langnghe.<Name>.v<major>`."""

    major: ClassVar[int] = 1
    topic: ClassVar[str]

    @classmethod
    def ce_type(cls) -> str:
        return f"langnghe.{cls.__name__}.v{cls.major}"

    @property
    def key(self) -> str:
        """What the topic is keyed and ordered by."""
        raise NotImplementedError


# reports.events ------------------------------------------------------------------------------------------


class Observation(Part):
    """What a member of the network saw or heard: a group (never a person), its stance, how widespread."""

    group: Group
    stance: Stance
    breadth: Breadth
    people: Annotated[int, Field(ge=1, le=1_000_000)] | None = None
    second_hand: bool = False


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
    """A submission from a registered source was refused; `report_id` is the id it would have had."""

    source: str
    source_id: str
    reason: str
    rejected_at: datetime


class ReportWithdrawn(ReportEvent):
    """The reporter took the report back, by the tracking code."""

    withdrawn_at: datetime


class ReporterErased(ReportEvent):
    """The reporter asked for erasure: the data key is destroyed, the redacted text must go too."""

    erased_at: datetime


# cases.events --------------------------------------------------------------------------------------------


class Clocks(Part):
    """When each owner must have acted (instants); `rule` names the deadline rule and its version."""

    forward_by: datetime | None = None
    settle_by: datetime | None = None
    listen_by: datetime | None = None
    rule: str | None = None


class CaseFacts(Part):
    """What may be known of a case outside routing: codes, no text, no identity."""

    unit: UnitId | None
    """Where it is; null while in triage for its place."""
    path: tuple[UnitId, ...]
    """From the unit up to the province at the report's date; at least the home province."""
    purpose: Purpose
    category: Category
    legal_kind: LegalKind
    severity: Severity
    flags: tuple[Flag, ...] = ()
    state: CaseState
    level: Level
    restricted: bool = False
    """Denunciation, corruption or officials' conduct: not shown or counted on pages below the province."""
    listening_owner: BodyId
    resolving_owner: BodyId | None = None
    channel: Channel
    organisation: Organisation | None = None
    observation: Observation | None = None
    report_date: date
    submitted_at: datetime
    received_at: datetime
    clocks: Clocks = Clocks()
    incident: str | None = None


class Reason(Part):
    """Which rule in which version decided; the words that it matched stay with routing."""

    rule: str
    version: str
    basis: str | None = None


class CaseEvent(Event):
    """A case's facts before and after a decision; `version` is contiguous per case, from 1."""

    topic: ClassVar[str] = "cases.events"
    case_id: UUID
    root_id: UUID
    version: Annotated[int, Field(ge=1)]
    before: CaseFacts | None
    after: CaseFacts
    reasons: tuple[Reason, ...]
    map_version: int
    decided_at: datetime
    audience: tuple[BodyId, ...]
    """The bodies that may know, computed by routing alone; everyone downstream may only intersect with it."""

    @property
    def key(self) -> str:
        return str(self.case_id)


class CaseOpened(CaseEvent):
    """A report became a case (or an observation was noted, or it waits in triage: see `after.state`)."""


class CaseClosed(CaseEvent):
    """A case came to its end; `after.state` says how."""


class CaseSnapshot(CaseEvent):
    """The case as it stands, said again for a projection that starts late."""


# units.events --------------------------------------------------------------------------------------------


class UnitRecord(Part):
    """One unit in one period of validity, [valid_from, valid_to)."""

    id: UnitId
    code: str
    level: str
    type: str
    name: str
    parent: UnitId | None
    valid_from: date
    valid_to: date | None
    pilot: bool = False
    invented: bool = False


class SuccessionRecord(Part):
    """`from_id` became (a part of) `to_id`: kind whole, part, or population."""

    from_id: UnitId
    to_id: UnitId
    effective: date
    kind: str


class MapChanged(Event):
    """One change of the map, a load or a reform, one a province; map_version is contiguous from 1."""

    topic: ClassVar[str] = "units.events"
    map_version: Annotated[int, Field(ge=1)]
    kind: str
    title: str
    effective: date
    legal_basis: str
    units: tuple[UnitRecord, ...]
    successions: tuple[SuccessionRecord, ...] = ()

    @property
    def key(self) -> str:
        return "map"


# situation.events ----------------------------------------------------------------------------------------


class WarningEvent(Event):
    topic: ClassVar[str] = "situation.events"
    warning_id: UUID
    unit: UnitId
    path: tuple[UnitId, ...]
    category: Category
    window_start: date
    window_end: date
    detector: str
    """Method and parameters, for example `ears-c2:7:2:3.0`."""
    restricted: bool = False
    decided_at: datetime

    @property
    def key(self) -> str:
        return self.unit


class WarningRaised(WarningEvent):
    """More cases than the baseline explains."""

    observed: int
    expected: float
    threshold: float


class WarningCleared(WarningEvent):
    """The count fell back below the threshold."""

    observed: int


# notifications.events ------------------------------------------------------------------------------------


class NotificationEvent(Event):
    topic: ClassVar[str] = "notifications.events"
    notification_id: UUID
    subject_kind: str
    """case or warning"""
    subject_id: UUID
    body: BodyId
    channel: str
    """email or webhook"""
    delivery_id: UUID
    at: datetime

    @property
    def key(self) -> str:
        return str(self.subject_id)


class NotificationDelivered(NotificationEvent):
    """The body was reached: the receiving server took the message."""


class NotificationFailed(NotificationEvent):
    """Given up after the last attempt; `error` is a code, never a server's text."""

    error: str
