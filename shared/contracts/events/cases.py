"""`cases.events`: a case before and after each decision. Codes, no text."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from shared.contracts.events.base import BodyId, Event, Observation, Part, UnitId
from shared.contracts.vocabulary import (
    CaseState,
    Category,
    Channel,
    Flag,
    LegalKind,
    Level,
    Organisation,
    Outcome,
    Purpose,
    Severity,
)


class Clocks(Part):
    """When each owner must have acted (instants); `rule` names the deadline rule and its version."""

    forward_by: datetime | None = None
    settle_by: datetime | None = None
    listen_by: datetime | None = None
    object_by: datetime | None = None
    """Until when the reporter may object to the answer, once told of it."""
    rule: str | None = None


class CaseFacts(Part):
    """What may be known of a case outside routing: codes, no text, no identity."""

    unit: UnitId | None
    """Where it is; null while in triage for its place."""
    path: tuple[UnitId, ...]
    """From the unit up to the province, as the case stands; at least the home province."""
    purpose: Purpose
    category: Category
    legal_kind: LegalKind
    severity: Severity
    flags: tuple[Flag, ...] = ()
    state: CaseState
    level: Level
    restricted: bool
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
    outcome: Outcome | None = None
    """How it was settled: a code, which pages say in plain words; an answer's own words never travel."""
    path_then: tuple[UnitId, ...] | None = None
    """Its path on the report's date, where a change of the map has moved it since: counts go by it."""


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
    settlement: Literal[1, 2] = 1
    """2: the reporter objected to the first answer, and the superior settles it again."""

    @property
    def key(self) -> str:
        return str(self.case_id)


class CaseOpened(CaseEvent):
    """A report became a case (or an observation was noted, or it waits in triage: see `after.state`)."""


class CaseForwarded(CaseEvent):
    """The case was passed on to the body that must settle it (`after.resolving_owner`)."""


class CaseAccepted(CaseEvent):
    """The resolving owner has taken the case up."""


class CaseReturned(CaseEvent):
    """A body says that the case is not its own; who has it now is in `after`."""


class CaseReminded(CaseEvent):
    """A clock runs towards its end, or has ended: its owners, and who is above them, are told so."""

    told: tuple[BodyId, ...] = ()
    """Who is called at once, of the audience; nobody else need be told."""


class CaseEscalated(CaseEvent):
    """The case rose a level: its deadline passed, or bodies could not agree whose it is."""

    told: tuple[BodyId, ...] = ()
    """Who is called at once, of the audience: who has it now and who had it."""


class CaseAnswered(CaseEvent):
    """The resolving owner has settled the case; its reporter is still to be told."""


class CaseTold(CaseEvent):
    """The reporter knows the answer, and may object for some days."""


class CaseDisputed(CaseEvent):
    """The reporter objects to the answer: the case is open again, one level up."""


class CaseReclassified(CaseEvent):
    """A person decided place, category, kind or who is accused otherwise than the rules did."""


class CaseLinked(CaseEvent):
    """The case belongs to an incident (`after.incident`), or does not any more (null)."""


class CaseSuspended(CaseEvent):
    """The clocks are paused, with a reason."""


class CaseResumed(CaseEvent):
    """The clocks run again, by the working days that were left."""


class CaseMoved(CaseEvent):
    """The map changed: the case goes on at the unit that its unit became, its clocks as they were."""


class CaseRescheduled(CaseEvent):
    """The clocks end on other days: the calendar changed, or the case was found to be complex."""


class CaseClosed(CaseEvent):
    """A case came to its end; `after.state` says how."""


class CaseSnapshot(CaseEvent):
    """The case as it stands, said again for a projection that starts late."""
