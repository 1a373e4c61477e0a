"""The shape of the rule files: unknown keys, wrong types and unknown slugs are refused by pydantic."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.routing.domain.ruleset import BodyLevel, DeadlineKind
from shared.contracts.vocabulary import Category, Flag, LegalKind

FIRST_DAY = date(2024, 1, 1)


class Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Dated(Row):
    valid_from: date = FIRST_DAY
    valid_to: date | None = None


class BodyRow(Dated):
    kind: str = Field(pattern=r"^[a-z_]+$", max_length=40)
    levels: tuple[BodyLevel, ...]
    name: str
    basis: str


class BodiesFile(Row):
    version: str
    body: tuple[BodyRow, ...]


class Period(Dated):
    """For one level: category -> [listening kind, resolving kind], the second left out if nobody settles."""

    level: Literal["commune", "province"]
    basis: str
    flag: Flag | None = None
    """Only for cases that bear this flag."""
    owners: dict[Category, tuple[str] | tuple[str, str]]


class CompetencesFile(Row):
    version: str
    period: tuple[Period, ...]


class DeadlineRow(Dated):
    id: str
    kind: DeadlineKind
    legal_kind: LegalKind | None = None
    severity: Literal[0, 1, 2, 3] | None = None
    complex: bool | None = None
    category: Category | None = None
    settlement: Literal[1, 2] | None = None
    remote: bool | None = None
    especially: bool | None = None
    amount: int = Field(ge=1, le=365)
    unit: Literal["wd", "d"]
    basis: str


class RemoteRow(Dated):
    """Official codes of communes that are hard to reach."""

    codes: tuple[str, ...]
    basis: str


class DeadlinesFile(Row):
    version: str
    forward_minutes: int = Field(ge=1, le=1440)
    deadline: tuple[DeadlineRow, ...]
    remote: tuple[RemoteRow, ...] = ()


class DayRow(Row):
    day: date
    working: bool
    basis: str


class CalendarFile(Row):
    version: str
    official_years: tuple[int, ...]
    day: tuple[DayRow, ...] = ()


class LandmarkRow(Dated):
    phrase: str
    communes: tuple[str, ...]


class PlaceWeights(Row):
    """Log-odds of each kind of evidence; one that is missing would break every decision."""

    typed: float
    typed_otherwise: float
    named: float
    plain: float
    plain_located: float
    landmark: float
    hint: float
    residence: float
    repeated: float
    region: float
    region_alone: float
    region_own: float
    reporter: float
    reporter_network: float
    reporter_elsewhere: float
    location: float
    location_near: float
    elsewhere: float


class PlacesFile(Row):
    version: str
    sure: float = Field(gt=0.5, lt=1)
    outside: tuple[str, ...]
    common: tuple[str, ...]
    weights: PlaceWeights
    landmark: tuple[LandmarkRow, ...] = ()


class TermsRow(Dated):
    """Phrases of a category by strength: 3, 2 and 1 point each."""

    category: Category
    severity: Literal[0, 1, 2, 3]
    basis: str = "Danh mục 28 lĩnh vực"
    strong: tuple[str, ...] = ()
    plain: tuple[str, ...] = ()
    weak: tuple[str, ...] = ()


class LexiconFile(Row):
    version: str
    terms: tuple[TermsRow, ...]


class SignalRow(Dated):
    tag: str
    phrases: tuple[str, ...]


class SignalsFile(Row):
    version: str
    signal: tuple[SignalRow, ...]
