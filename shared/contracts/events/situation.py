"""`situation.events`: what the counts warn of."""

from datetime import date, datetime
from typing import ClassVar
from uuid import UUID

from shared.contracts.events.base import Event, UnitId
from shared.contracts.vocabulary import Category


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
