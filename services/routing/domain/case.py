"""The words that routing's decisions are made of: a report comes in, a case with its facts goes on.

Unit ids are the map's own; bodies are written `kind@unit`; instants carry a zone, dates are local.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from services.routing.domain.life.record import NEW_LIFE, Life
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
    Outcome,
    Purpose,
    Severity,
    Stance,
    TimeFlag,
)

Role = Literal[
    "commune_chair",
    "commune_vice_chair",
    "commune_police",
    "commune_official",
    "hamlet_head",
    "school",
    "agency_province",
]
TriageCause = Literal["place", "accused", "topic", "outside", "dated", "owner", "error"]


@dataclass(frozen=True, slots=True)
class Observed:
    """What a member of the network saw: a group, its stance, how widespread."""

    group: Group
    stance: Stance
    breadth: Breadth
    people: int | None = None
    second_hand: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """A report as routing receives it: redacted text and what was told beside it."""

    report_id: UUID
    purpose: Purpose
    channel: Channel
    text: str
    submitted_at: datetime
    received_at: datetime
    report_date: date
    organisation: Organisation | None = None
    place_hint: str | None = None
    reporter_unit: str | None = None
    """Official commune code, as told."""
    observation: Observed | None = None
    time_flags: tuple[TimeFlag, ...] = ()
    location: tuple[float, float] | None = None
    """Where it was sent from or is about: latitude and longitude, WGS84 degrees."""


@dataclass(frozen=True, slots=True)
class Reason:
    """A rule that decided, its version, the law it rests on, and the words it matched (for officers only)."""

    rule: str
    version: str
    basis: str | None = None
    words: tuple[str, ...] = ()

    def wordless(self) -> "Reason":
        """Without what it matched: for a reporter who was erased."""
        return replace(self, words=())


@dataclass(frozen=True, slots=True)
class Candidate:
    """A unit where the report may be, how probable that is (0..1), and what speaks for it."""

    unit: str
    probability: float
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """Where a report is. `unit` only when sure; `whole` says that it concerns the whole province."""

    unit: str | None = None
    candidates: tuple[Candidate, ...] = ()
    outside: bool = False
    whole: bool = False


@dataclass(frozen=True, slots=True)
class Topic:
    """What a report is about, the next best categories with their share (0..1), the words that decided."""

    category: Category
    runner_ups: tuple[tuple[Category, float], ...]
    reasons: tuple[Reason, ...]
    share: float = 0.0


@dataclass(frozen=True, slots=True)
class Nature:
    """Of which kind a report is in law, how severe, at which level, and who in office is accused."""

    legal_kind: LegalKind
    severity: Severity
    level: Level
    flags: tuple[Flag, ...]
    sensitive: bool
    party: bool
    accused: Role | None
    accused_kind: str | None
    """The kind of body of an accused agency of the province, if the text names it."""
    reasons: tuple[Reason, ...]
    involved: tuple[Role, ...] = ()
    """Every office that a deed is told near, the accused among them."""
    named: tuple[str, ...] = ()
    """Kinds of bodies of the province that the text names, but for those that it only turns to."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """When each owner must have acted (UTC). `provisional`: a year without official calendar is involved."""

    forward_by: datetime
    settle_by: datetime | None
    listen_by: datetime
    rule: str
    provisional: bool
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Owners:
    """Who follows the case up, who must settle it, and everybody who may know of it."""

    listening: str
    resolving: str | None
    audience: tuple[str, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """What may be known of a case outside routing, field by field chosen in `publish.py`."""

    unit: str | None
    path: tuple[str, ...]
    purpose: Purpose
    category: Category
    legal_kind: LegalKind
    severity: Severity
    flags: tuple[Flag, ...]
    state: CaseState
    level: Level
    restricted: bool
    listening_owner: str
    resolving_owner: str | None
    channel: Channel
    organisation: Organisation | None
    observation: Observed | None
    report_date: date
    submitted_at: datetime
    received_at: datetime
    deadlines: Deadlines | None
    incident: str | None = None
    outcome: Outcome | None = None
    """How it was settled, from the answer on."""
    object_by: datetime | None = None
    """Until when its reporter may object to the answer, once told of it (UTC)."""
    path_then: tuple[str, ...] | None = None
    """Its path on the report's date, where a change of the map has moved it since: it is counted there."""


@dataclass(frozen=True, slots=True)
class Guard:
    """What beside the role in `Findings.accused` the conflict of interest is judged by, kept so that every
    later decision on the audience is at least as careful as the first; the fields are those of `Nature`."""

    sensitive: bool = False
    party: bool = False
    accused_kind: str | None = None
    involved: tuple[Role, ...] = ()
    named: tuple[str, ...] = ()

    @classmethod
    def of(cls, nature: Nature) -> "Guard":
        """What a report's nature says; of most reports that is nothing."""
        if not (nature.sensitive or nature.party or nature.accused_kind or nature.involved or nature.named):
            return UNGUARDED
        return cls(nature.sensitive, nature.party, nature.accused_kind, nature.involved, nature.named)


UNGUARDED = Guard()


@dataclass(frozen=True, slots=True)
class Findings:
    """What routing found and keeps to itself: candidates, runner-ups, who is accused and what else guards it,
    why it waits, and what its life has brought."""

    candidates: tuple[Candidate, ...] = ()
    runner_ups: tuple[tuple[Category, float], ...] = ()
    accused: Role | None = None
    triage: TriageCause | None = None
    error: str | None = None
    guard: Guard = UNGUARDED
    life: Life = NEW_LIFE

    def wordless(self) -> "Findings":
        """Without what spoke for the candidates: for a reporter who was erased."""
        return replace(self, candidates=tuple(replace(c, evidence=()) for c in self.candidates))


@dataclass(frozen=True, slots=True)
class Case:
    """A case as it stands after `version` decisions."""

    case_id: UUID
    root_id: UUID
    version: int
    facts: Facts
    findings: Findings
    audience: tuple[str, ...]
    map_version: int
    rules_version: str
    head: bytes = b""
    """The last link of its chain of decisions (`chain.py`)."""
    look_at: datetime | None = None
    """When its clocks must be looked at again (UTC); none while none runs."""
