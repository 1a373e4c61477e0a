"""Commands on a case as callers write them, for the API and the forms of the case's page alike."""

from collections.abc import Mapping
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Annotated
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.routing.domain.life import commands as c
from services.routing.domain.life.record import ComplexReason
from services.routing.domain.transitions import CommandName
from shared.contracts.events import BodyId, UnitId
from shared.contracts.vocabulary import Category, LegalKind, Level, Outcome, Severity

NOTE = 1_000
"""Most characters of a note."""


class Order(BaseModel):
    """`command_id`: the command's own; sent again under it, a command changes nothing. `by`: the body that
    acts, one of those that may know of the case. `note`: for the officers who come after, never published."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    command_id: UUID
    by: BodyId
    note: Annotated[str, Field(max_length=NOTE)] = ""


class Forward(Order):
    """`to`: the body that must settle it; left out, the one that the rules name."""

    to: BodyId | None = None


class Answer(Order):
    """`outcome`: refused, partly and not_competent need a note that says on what grounds."""

    outcome: Outcome


class Suspend(Order):
    """`reason`: what is waited for."""

    reason: c.SuspendReason


class MarkComplex(Order):
    """`reasons`: those that the law lists; `especially` only for a denunciation."""

    reasons: Annotated[tuple[ComplexReason, ...], Field(min_length=1)]
    especially: bool = False


class Reclassify(Order):
    """What is left out stays. `accused`: who in office is accused, or `none`; of an agency `accused_kind`."""

    unit: UnitId | None = None
    category: Category | None = None
    legal_kind: LegalKind | None = None
    severity: Severity | None = None
    level: Level | None = None
    accused: c.Accused | None = None
    accused_kind: Annotated[str, Field(pattern=r"^[a-z_]{1,40}$")] | None = None


ORDERS: Mapping[CommandName, tuple[type[Order], type[c.Order]]] = MappingProxyType(
    {
        "forward": (Forward, c.Forward),
        "accept": (Order, c.Accept),
        "return": (Order, c.Return),
        "answer": (Answer, c.Answer),
        "tell": (Order, c.Tell),
        "suspend": (Suspend, c.Suspend),
        "resume": (Order, c.Resume),
        "mark_complex": (MarkComplex, c.MarkComplex),
        "reclassify": (Reclassify, c.Reclassify),
        "discard": (Order, c.Discard),
    }
)
"""What an officer may order, how it is written, and the domain's command that it stands for."""


def command_of(name: CommandName, order: Order) -> c.LifeCommand:
    """The domain's command; its instant is set anew by the database's clock."""
    _, kind = ORDERS[name]
    told = {field: getattr(order, field) for field in type(order).model_fields if field != "command_id"}
    made: c.LifeCommand = kind(at=datetime.now(UTC), **told)  # type: ignore[assignment]
    return made
