"""The map's requests and answers as JSON, and how they are made of units and changes."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Annotated, Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from services.routing.map.asked import Asked, AskedPart
from services.routing.use_cases.change_map import Entered
from services.routing.views.map_change import effects, moving
from shared.units import Succession, Unit, UnitMap, full_name

Text = Annotated[str, Field(max_length=400)]
Name = Annotated[str, Field(max_length=40)]


class PartRequest(BaseModel):
    """Where a part of a split unit goes. `share`: population (all residents, not all land) or part."""

    model_config = ConfigDict(extra="forbid")

    share: Name = ""
    unit: Name = ""
    name: Text = ""
    type: Name = ""
    code: Name = ""


class ChangeRequest(BaseModel):
    """A change of the map. Units are named by id or by the official code that they bear on that day.

    `change_id`: the same again changes nothing and answers 409 with the version that it made. Of the other
    fields each kind needs some: create (name, type, code, parent), rename (units, name), retype (units,
    type), merge (units, and target or name, type, code), split (units, parts, children), abolish (units),
    pilot (units, pilot). `by`: who enters it; `document`: the legal document that decides it.
    """

    model_config = ConfigDict(extra="forbid")

    change_id: UUID | None = None
    kind: Name
    effective: Name
    document: Text
    by: Text
    units: Annotated[list[Name], Field(max_length=200)] = []
    target: Name = ""
    name: Text = ""
    type: Name = ""
    code: Name = ""
    parent: Name = ""
    pilot: bool | None = None
    parts: Annotated[list[PartRequest], Field(max_length=20)] = []
    children: Annotated[dict[Name, int], Field(max_length=500)] = {}

    def asked(self) -> Asked:
        told = self.model_dump(exclude={"change_id", "parts"})
        return Asked(**told, parts=[AskedPart(**part.model_dump()) for part in self.parts])


class UnitOut(BaseModel):
    """A unit in one period, [valid_from, valid_to). `recorded`: the map version that brought this row."""

    id: str
    code: str
    level: str
    type: str
    name: str
    full_name: str
    parent: str | None
    valid_from: date
    valid_to: date | None
    pilot: bool
    invented: bool
    recorded: int


class EffectOut(BaseModel):
    """A unit on the day of the change without it (null: not there) and with it."""

    unit: str
    kind: str
    was: UnitOut | None
    now: UnitOut | None


class LineageOut(BaseModel):
    """`unit` is what it came from or became; `kind`: whole, population or part of it."""

    unit: str
    full_name: str
    code: str
    kind: str
    effective: date
    map_version: int


class ChangeOut(BaseModel):
    """A change as it is or would be recorded. `cases_moving`: open cases that go to the one successor;
    `cases_asked`: those that a person must place."""

    map_version: int
    change_id: UUID
    recorded: bool
    kind: str
    title: str
    effective: date
    document: str
    units: Sequence[EffectOut]
    cases_moving: int
    cases_asked: int


class UnitList(BaseModel):
    """Units valid on `as_of` by the map as it was known at version `known_at`."""

    as_of: date
    known_at: int
    units: Sequence[UnitOut]


class BeliefOut(BaseModel):
    """A row that stands or stood, the document behind it, and the version that replaced it."""

    unit: UnitOut
    title: str
    document: str
    replaced: int | None


class UnitDetail(BaseModel):
    """A unit with its whole history. `periods`: as known at `known_at`; `beliefs`: every row recorded."""

    id: str
    known_at: int
    periods: Sequence[UnitOut]
    beliefs: Sequence[BeliefOut]
    predecessors: Sequence[LineageOut]
    successors: Sequence[LineageOut]
    lives_on_in: Sequence[str]


def unit_out(unit: Unit) -> UnitOut:
    names: Mapping[str, Any] = {name: getattr(unit, name) for name in Unit.__slots__}
    return UnitOut(**names, full_name=full_name(unit))


def change_out(entered: Entered, change_id: UUID, *, recorded: bool) -> ChangeOut:
    change, (moved, asked) = entered.change, moving(entered)
    return ChangeOut(
        map_version=change.map_version,
        change_id=change_id,
        recorded=recorded,
        kind=change.kind,
        title=change.title,
        effective=change.effective,
        document=change.legal_basis,
        units=[
            EffectOut(
                unit=effect.unit,
                kind=effect.kind,
                was=effect.was and unit_out(effect.was),
                now=effect.now and unit_out(effect.now),
            )
            for effect in effects(entered)
        ],
        cases_moving=moved,
        cases_asked=asked,
    )


def unit_detail(units: UnitMap, unit_id: str, today: date) -> UnitDetail:
    recorded = {belief.unit.recorded for belief in units.beliefs(unit_id)}
    changes = {version: units.change(version) for version in recorded}
    return UnitDetail(
        id=unit_id,
        known_at=units.version,
        periods=[unit_out(row) for row in units.history(unit_id)],
        beliefs=[
            BeliefOut(
                unit=unit_out(belief.unit),
                title=changes[belief.unit.recorded].title,
                document=changes[belief.unit.recorded].legal_basis,
                replaced=belief.replaced,
            )
            for belief in units.beliefs(unit_id)
        ],
        predecessors=[_lineage(units, e, e.from_id) for e in units.predecessors(unit_id, date.max)],
        successors=[_lineage(units, e, e.to_id) for e in units.successors(unit_id, date.max)],
        lives_on_in=[heir for heir, _ in units.present_of(unit_id, today)],
    )


def _lineage(units: UnitMap, edge: Succession, other: str) -> LineageOut:
    row = units.last(other)
    return LineageOut(
        unit=other,
        full_name=full_name(row) if row else other,
        code=row.code if row else "",
        kind=edge.kind,
        effective=edge.effective,
        map_version=edge.recorded,
    )
