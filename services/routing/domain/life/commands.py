"""What officers, reporters and clocks may ask of a case that is there; each with the instant of its decision.

`by` is the body (`kind@unit`) that an officer speaks for; `note` is for the officers who come after: it is
never published, and goes with the reporter's words when a reporter is erased.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.routing.domain.case import Role
from services.routing.domain.life.record import ComplexReason
from services.routing.domain.transitions import CommandName
from shared.contracts.vocabulary import Category, LegalKind, Level, Outcome, Severity

SuspendReason = Literal["cho_co_quan_khac", "cho_giam_dinh", "bat_kha_khang", "theo_de_nghi_nguoi_gui"]
"""Another agency must decide first; an expert opinion is awaited; force majeure; its reporter asks for it."""
Accused = Role | Literal["none"]
"""Who in office is accused, as a person decided; `none`: nobody is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """An officer's command."""

    at: datetime
    by: str
    note: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Forward(Order):
    """Pass it on to `to`, or to whom the rules name. From the superior that has it: assign it, bindingly."""

    to: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accept(Order):
    """Take it up."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Return(Order):
    """Not ours; the note says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer(Order):
    """Settled, so or so; the note says on what grounds where it was refused."""

    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Tell(Order):
    """The reporter has been told of the answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspend(Order):
    """Stop the clocks."""

    reason: SuspendReason


@dataclass(frozen=True, slots=True, kw_only=True)
class Resume(Order):
    """Let the clocks run again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkComplex(Order):
    """Record why the law calls it complex; especially complex only where the law knows that."""

    reasons: tuple[ComplexReason, ...]
    especially: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Discard(Order):
    """It is no report at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reclassify(Order):
    """What it is, by a person's decision; what is left None stays as it was found."""

    unit: str | None = None
    category: Category | None = None
    legal_kind: LegalKind | None = None
    severity: Severity | None = None
    level: Level | None = None
    accused: Accused | None = None
    accused_kind: str | None = None
    """The kind of body of an accused agency of the province."""


@dataclass(frozen=True, slots=True)
class Confirm:
    """The reporter agrees with the answer seen at version `seen` of the case (None: whichever it has)."""

    at: datetime
    seen: int | None = None


@dataclass(frozen=True, slots=True)
class Object:
    """The reporter objects to the answer seen at version `seen`; said at `given`, if not at `at`."""

    at: datetime
    seen: int | None = None
    given: datetime | None = None


@dataclass(frozen=True, slots=True)
class Close:
    """The time to object is over."""

    at: datetime


LifeCommand = (
    Forward
    | Accept
    | Return
    | Answer
    | Tell
    | Suspend
    | Resume
    | MarkComplex
    | Discard
    | Reclassify
    | Confirm
    | Object
    | Close
)
NAMES: dict[type, CommandName] = {
    Forward: "forward",
    Accept: "accept",
    Return: "return",
    Answer: "answer",
    Tell: "tell",
    Suspend: "suspend",
    Resume: "resume",
    MarkComplex: "mark_complex",
    Discard: "discard",
    Reclassify: "reclassify",
    Confirm: "confirm",
    Object: "object",
    Close: "close",
}
"""The commands as the table of transitions calls them."""


class Refused(Exception):
    """A command that is not carried out. `field`: which of its fields is at fault, if one is.

    Codes: state (the table knows no way from here), audience (the body may not know of the case), owner (not
    for this body to do), bound (the superior's assignment stands), barred (that body may not have the
    case), accused_first (who is accused must be decided first), nobody (no body is named and the rules name
    none), note (say why), unit, accused_kind, especially, restricted, same_report, too_early.
    """

    def __init__(self, code: str, field: str | None = None) -> None:
        super().__init__(code)
        self.code = code
        self.field = field
