"""What the map is made of: units, successions, and the changes that bring them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, Protocol

Level = Literal["province", "district", "commune", "hamlet"]
LEVELS: tuple[Level, ...] = ("province", "district", "commune", "hamlet")
"""From the top down. Districts exist until 2025-06-30; hamlets are self-governing, below the law's levels."""

SuccessionKind = Literal["whole", "population", "part"]
"""`whole`: all of it went there; `population`: all residents but not all land; `part`: some of it."""

KINDS: tuple[SuccessionKind, ...] = ("whole", "population", "part")
"""From the strongest relation to the weakest."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One unit in one period of validity. `recorded` is the map version that brought this row."""

    id: str
    code: str
    level: Level
    type: str
    name: str
    parent: str | None
    valid_from: date
    valid_to: date | None
    pilot: bool
    invented: bool
    recorded: int

    def valid_at(self, as_of: date) -> bool:
        return self.valid_from <= as_of and (self.valid_to is None or as_of < self.valid_to)


@dataclass(frozen=True, slots=True)
class Succession:
    """From `effective` on, `from_id` lives on in `to_id`. `recorded` as in `Unit`."""

    from_id: str
    to_id: str
    effective: date
    kind: SuccessionKind
    recorded: int


@dataclass(frozen=True, slots=True)
class UnitRecord:
    """A unit in one period as a change carries it; the version recorded is the change's."""

    id: str
    code: str
    level: str
    type: str
    name: str
    parent: str | None
    valid_from: date
    valid_to: date | None = None
    pilot: bool = False
    invented: bool = False


@dataclass(frozen=True, slots=True)
class SuccessionRecord:
    from_id: str
    to_id: str
    effective: date
    kind: str


@dataclass(frozen=True, slots=True)
class MapChange:
    """One step of the map: the load of a province or a reform. Versions count from 1 without a gap."""

    map_version: int
    kind: str
    """`load`, `reform`, or what was done to a unit (`merge`, `rename`)."""
    title: str
    effective: date
    legal_basis: str
    units: tuple[UnitRecord, ...]
    successions: tuple[SuccessionRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """What is kept of a change beside its rows: why the map says what it says."""

    map_version: int
    kind: str
    title: str
    effective: date
    legal_basis: str


@dataclass(frozen=True, slots=True)
class Belief:
    """A row as it is or was believed; `replaced`: the version that replaced it, None while it stands."""

    unit: Unit
    replaced: int | None


class UnitFacts(Protocol):
    """The shape that `UnitRecord` and the event's own record share."""

    @property
    def id(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def type(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def parent(self) -> str | None: ...
    @property
    def valid_from(self) -> date: ...
    @property
    def valid_to(self) -> date | None: ...
    @property
    def pilot(self) -> bool: ...
    @property
    def invented(self) -> bool: ...


class SuccessionFacts(Protocol):
    """The shape that `SuccessionRecord` and the event's own record share."""

    @property
    def from_id(self) -> str: ...
    @property
    def to_id(self) -> str: ...
    @property
    def effective(self) -> date: ...
    @property
    def kind(self) -> str: ...


class Change(Protocol):
    """What `UnitMap.apply` takes: a `MapChange`, or the event that announces one."""

    @property
    def map_version(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def title(self) -> str: ...
    @property
    def effective(self) -> date: ...
    @property
    def legal_basis(self) -> str: ...
    @property
    def units(self) -> Sequence[UnitFacts]: ...
    @property
    def successions(self) -> Sequence[SuccessionFacts]: ...
