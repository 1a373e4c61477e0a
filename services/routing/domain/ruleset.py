"""The dated rules as the decisions see them; `rules/load.py` reads and checks them from TOML.

Every rule is valid in `[valid_from, valid_to)` by local date and names the law, or our design, it rests on.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.routing.domain.escalation.rules import EscalationRules
from services.routing.domain.incidents.rules import IncidentRules
from shared.contracts.vocabulary import Category, Level

BodyLevel = Literal["province", "district", "commune"]
DeadlineKind = Literal[
    "settle", "listen", "object", "forward", "reply", "notice", "suspension", "conclusion", "publication"
]
"""settle, listen: the two owners' clocks. object: how long a reporter may object to an answer. The others are
duties on the way that the law counts: to pass on what is another's, to reply to who passed it on, to notify
acceptance, a suspension and the conclusion, to publish."""


@dataclass(frozen=True, slots=True)
class Term:
    """A phrase that speaks for a tag: a category, or a signal such as `khen` or `vai:commune_chair`."""

    phrase: str
    tag: str
    weight: float
    rule: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class BodyKind:
    """A kind of body at one level of the map; with a unit it is a body, `kind@unit`."""

    kind: str
    level: BodyLevel
    name: str
    basis: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Competence:
    """Which kind of body listens and which settles what is of this category at this level."""

    rule: str
    category: Category
    level: Level
    listening: str
    resolving: str | None
    basis: str
    valid_from: date
    valid_to: date | None
    flag: str | None = None
    """Only for cases that bear this flag; such a row goes before those for every case."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """So many working days (`wd`) or calendar days (`d`). Selectors left out mean any."""

    rule: str
    kind: DeadlineKind
    legal_kind: str | None
    severity: int | None
    complex_case: bool | None
    amount: int
    unit: Literal["wd", "d"]
    basis: str
    valid_from: date
    valid_to: date | None
    category: str | None = None
    settlement: int | None = None
    """1 or 2: the first settlement, or the second by the superior."""
    remote: bool | None = None
    """In a place that is hard to reach."""
    especially: bool | None = None
    """Especially complex."""


@dataclass(frozen=True, slots=True)
class Remote:
    """Communes that are hard to reach, by their official codes, where the law gives more time."""

    codes: frozenset[str]
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class SpecialDay:
    """A day that the authorities made a working day or a holiday; overrides the computed calendar."""

    day: date
    working: bool
    basis: str


@dataclass(frozen=True, slots=True)
class CalendarRules:
    """Special days, and the years whose official calendar has been decided."""

    days: tuple[SpecialDay, ...]
    official_years: frozenset[int]


@dataclass(frozen=True, slots=True)
class CategoryRule:
    """A category's default severity (0-3) and the weight that decides between equals."""

    category: Category
    severity: int
    basis: str


@dataclass(frozen=True, slots=True)
class Landmark:
    """A known place that is no unit (an industrial park) and the names of the communes it lies in."""

    phrase: str
    communes: tuple[str, ...]
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class PlaceRules:
    """How evidence of a place is weighed; `sure` is the least probability (0..1) of a unit that is given."""

    version: str
    sure: float
    weights: Mapping[str, float]
    landmarks: tuple[Landmark, ...]
    outside: tuple[str, ...]
    """Names by which far places are called that no map holds (sài gòn)."""
    common: frozenset[str]
    """Folded names that are also common words (dong phuc): without diacritics they need a sign of place."""


@dataclass(frozen=True, slots=True)
class Rules:
    """All rules in one version."""

    version: str
    terms: tuple[Term, ...]
    categories: Mapping[str, CategoryRule]
    bodies: tuple[BodyKind, ...]
    competences: tuple[Competence, ...]
    deadlines: tuple[Deadline, ...]
    calendar: CalendarRules
    places: PlaceRules
    incidents: IncidentRules
    escalation: EscalationRules
    forward_minutes: int
    remote: tuple[Remote, ...] = ()
