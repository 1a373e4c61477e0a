"""The part of a case event that its reporter may see, typed as in the contract (a test holds them equal)."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from shared.contracts import vocabulary as v
from shared.contracts.events import BodyId, CaseEvent, Clocks, Part, UnitId
from shared.contracts.registry import BY_TYPE
from shared.messaging.received import parse_part


class Facts(Part):
    """As `CaseFacts`, but where it is, how it stands and was answered, with whom and until when."""

    unit: UnitId | None
    category: v.Category
    state: v.CaseState
    restricted: bool
    listening_owner: BodyId
    resolving_owner: BodyId | None = None
    clocks: Clocks = Clocks()
    outcome: v.Outcome | None = None


class CaseProgress(Part):
    """As `CaseEvent`, less what was before, why, and who else may know."""

    case_id: UUID
    root_id: UUID
    version: Annotated[int, Field(ge=1)]
    after: Facts
    decided_at: datetime
    settlement: Literal[1, 2] = 1


parse_case = parse_part(
    {name: CaseProgress for name, event in BY_TYPE.items() if issubclass(event, CaseEvent)}
)
