"""`units.events`: the dated map, change by change."""

from datetime import date
from typing import Annotated, ClassVar

from pydantic import Field

from shared.contracts.events.base import Event, Part, UnitId


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
