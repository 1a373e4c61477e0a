"""The part of a case event that planning needs, typed as in the contract (a test holds them equal)."""

from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.contracts import vocabulary as v
from shared.contracts.events import BodyId, CaseEscalated, CaseEvent, CaseReminded, Clocks, Part, UnitId
from shared.contracts.registry import BY_TYPE
from shared.messaging.received import parse_part


class Facts(Part):
    """As `CaseFacts`, less the report's own."""

    unit: UnitId | None
    path: tuple[UnitId, ...]
    purpose: v.Purpose
    category: v.Category
    severity: v.Severity
    state: v.CaseState
    restricted: bool
    listening_owner: BodyId
    resolving_owner: BodyId | None = None
    clocks: Clocks = Clocks()


class CaseNews(Part):
    """As `CaseEvent`, less what was before and why."""

    case_id: UUID
    version: Annotated[int, Field(ge=1)]
    after: Facts
    audience: tuple[BodyId, ...]


class CallNews(CaseNews):
    """As `CaseReminded` and `CaseEscalated`, which call somebody."""

    told: tuple[BodyId, ...] = ()


parse_case = parse_part(
    {
        name: CallNews if issubclass(event, CaseReminded | CaseEscalated) else CaseNews
        for name, event in BY_TYPE.items()
        if issubclass(event, CaseEvent)
    }
)
