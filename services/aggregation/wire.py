"""The part of a case event that is counted, read straight from the record.

Aggregation counts tens of thousands of events a second and needs a third of each. It validates what it uses
by the contract's own types (a test holds them equal), and leaves the rest to those who use it.
"""

from datetime import date, datetime
from typing import Annotated, NotRequired
from uuid import UUID

from pydantic import Field, TypeAdapter
from typing_extensions import TypedDict

from services.aggregation.domain.counting import Counted, place_of
from shared.contracts import vocabulary as v
from shared.contracts.events import CaseEvent, UnitId
from shared.contracts.registry import BY_TYPE
from shared.messaging.received import parse_as


class Clocks(TypedDict, total=False):
    settle_by: datetime | None


class Observation(TypedDict):
    group: v.Group
    stance: v.Stance
    breadth: v.Breadth
    people: NotRequired[Annotated[int, Field(ge=1, le=1_000_000)] | None]
    second_hand: NotRequired[bool]


class Facts(TypedDict):
    """As `CaseFacts`, less owners, times and incident."""

    path: Annotated[tuple[UnitId, ...], Field(min_length=1)]
    path_then: NotRequired[tuple[UnitId, ...] | None]
    purpose: v.Purpose
    category: v.Category
    legal_kind: v.LegalKind
    severity: v.Severity
    flags: NotRequired[list[v.Flag]]
    state: v.CaseState
    level: v.Level
    restricted: bool
    channel: v.Channel
    organisation: NotRequired[v.Organisation | None]
    observation: NotRequired[Observation | None]
    report_date: date
    clocks: NotRequired[Clocks]


class Body(TypedDict):
    """As `CaseEvent`, less `before`, reasons and audience."""

    case_id: UUID
    version: Annotated[int, Field(ge=1)]
    map_version: int
    after: Facts


_BODY: TypeAdapter[Body] = TypeAdapter(Body)


def counted(body: Body) -> Counted:
    """The row that a case event stands for: where it was on its report's date, wherever it went since."""
    facts = body["after"]
    path = facts.get("path_then") or facts["path"]
    seen = facts.get("observation")
    return Counted(
        body["case_id"],
        body["version"],
        body["map_version"],
        facts["report_date"],
        place_of(path),
        path[0],
        facts["category"],
        facts["legal_kind"],
        facts["purpose"],
        facts["channel"],
        facts.get("organisation") or "",
        facts["severity"],
        facts["state"],
        facts["restricted"],
        facts["level"],
        facts.get("flags", ()),
        seen["group"] if seen else None,
        seen["stance"] if seen else None,
        seen["breadth"] if seen else None,
        seen.get("people") if seen else None,
        seen.get("second_hand", False) if seen else None,
        facts.get("clocks", _NO_CLOCKS).get("settle_by"),
        facts["path"][0] if facts.get("path_then") else None,
        path,
    )


_NO_CLOCKS: Clocks = {}
_CASES = (name for name, event in BY_TYPE.items() if issubclass(event, CaseEvent))
parse_case = parse_as(dict.fromkeys(_CASES, lambda value: counted(_BODY.validate_json(value))))
