"""JSON: totals, warnings, situation reports. Described by OpenAPI at `/openapi.json`."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from services.aggregation.domain.periods import BadPeriod, Period, parse_period
from services.aggregation.domain.pilot import Side
from services.aggregation.problems import problem
from services.aggregation.reader import Reader
from services.aggregation.store.situations import Written
from services.aggregation.store.warnings import WarningRow
from services.aggregation.use_cases import list_warnings, pilot, situation_report, totals
from services.aggregation.use_cases.situation_report import SituationReport
from services.aggregation.use_cases.totals import GroupBy, Question
from shared.units import UnitMap

MOST_DAYS = 3 * 366
DEFAULT_DAYS = 28


@dataclass(frozen=True, slots=True)
class Cell:
    """A value of the dimension asked for. `n` is null where the cell is too small to be told."""

    key: str
    name: str | None
    n: int | None


@dataclass(frozen=True, slots=True)
class Totals:
    """`split`: cases of former units that lie only partly in this one; in no cell, and not in the
    total; below the province rounded down, null where they are few."""

    unit: str
    name: str
    first: date
    last: date
    as_of: str
    group_by: str
    total: int | None
    cells: Sequence[Cell]
    split: int | None
    restricted_left_out: bool


@dataclass(frozen=True, slots=True)
class SideOut:
    """`communes`: how many on the last day. `per_commune`: opinions a commune. `share_answered`: 0..1."""

    communes: int
    opinions: int
    observations: int
    requests: int
    answered: int
    per_commune: float | None
    share_answered: float | None


@dataclass(frozen=True, slots=True)
class PilotOut:
    """`elsewhere`: opinions whose commune is not known; they are on neither side."""

    first: date
    last: date
    pilot: SideOut
    rest: SideOut
    elsewhere: int


Text = Annotated[str, Field(max_length=10_000, pattern=r"^[^\x00]*$")]


class Words(BaseModel):
    """What only a person writes. `version`: the one that was read; 0 if there was none."""

    version: Annotated[int, Field(ge=0)]
    assessment: Text
    proposals: Text
    written_by: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")]


FirstDay = Annotated[date | None, Query(alias="from")]
LastDay = Annotated[date | None, Query(alias="to")]
KnownAt = Annotated[int | None, Query(description="A map version; with the map of a day.")]


def router(reader: Reader) -> APIRouter:
    """All endpoints below `/v1`."""
    routes = APIRouter(prefix="/v1")
    _totals(routes, reader)
    _pilot(routes, reader)
    _warnings(routes, reader)
    _situation(routes, reader)
    return routes


def _totals(routes: APIRouter, reader: Reader) -> None:
    @routes.get("/totals")
    async def totals_of(
        *,
        unit: str | None = None,
        first: FirstDay = None,
        last: LastDay = None,
        group_by: GroupBy = "category",
        as_of: str = "then",
        known_at: KnownAt = None,
    ) -> Totals:
        """How many cases, by one dimension. `unit`: id or official code; the province by default. `as_of`:
        `then` leaves cases where they were; `today` or a date lays them on the map of that day, with
        `known_at` as it was known at that version."""
        start, end = days(reader, first, last)
        on, limit = reader.map_day(as_of), reader.settings.small_cell
        units = await reader.known(known_at, on)
        asked = reader.unit(unit, on or end, units)
        question = Question(asked, start, end, group_by, on)
        answer = await totals.ask(reader.database, units, question, limit=limit)
        return Totals(
            unit=asked.id,
            name=reader.name(asked.id, on or end),
            first=start,
            last=end,
            as_of=as_of,
            group_by=group_by,
            total=answer.total,
            cells=_cells(reader, answer.cells, (on or end) if group_by == "unit" else None),
            split=answer.split,
            restricted_left_out=answer.restricted_left_out,
        )


def _pilot(routes: APIRouter, reader: Reader) -> None:
    @routes.get("/pilot")
    async def pilot_and_rest(first: FirstDay = None, last: LastDay = None) -> PilotOut:
        """The pilot beside the rest of the province: opinions a commune, requests and how many are answered.

        By the marks of each day; spam and what was withdrawn do not count."""
        start, end = days(reader, first, last)
        found = await pilot.ask(reader.database, reader.units, reader.home().id, start, end)
        return PilotOut(start, end, _side(found.pilot), _side(found.rest), found.elsewhere)


def _side(side: Side) -> SideOut:
    return SideOut(**asdict(side), per_commune=side.per_commune, share_answered=side.share_answered)


def _warnings(routes: APIRouter, reader: Reader) -> None:
    @routes.get("/warnings")
    async def warnings(
        unit: str | None = None, first: FirstDay = None, last: LastDay = None, as_of: str = "then"
    ) -> Sequence[WarningRow]:
        """Warnings of a unit and below; those that stand come first. `as_of` as for totals."""
        start, end = days(reader, first, last)
        on = reader.map_day(as_of)
        asked = reader.unit(unit, on or end)
        return await list_warnings.ask(reader.database, reader.units, asked, start, end, on=on)


def _situation(routes: APIRouter, reader: Reader) -> None:
    async def read(question: situation_report.Question, units: UnitMap) -> SituationReport:
        now, limit = reader.now(), reader.settings.small_cell
        return await situation_report.read(reader.database, units, question, now=now, limit=limit)

    @routes.get("/situation-reports/{unit}")
    async def situation(
        unit: str, period: str, as_of: str = "then", known_at: KnownAt = None
    ) -> SituationReport:
        """All figures of a week (2026-W47) or month (2026-11), and what a person wrote. `as_of` and
        `known_at` as for totals."""
        span, on = period_of(period), reader.map_day(as_of)
        units = await reader.known(known_at, on)
        asked = reader.unit(unit, on or span.last, units)
        return await read(situation_report.Question(asked, span, on), units)

    @routes.put("/situation-reports/{unit}")
    async def write(unit: str, period: str, words: Words) -> SituationReport:
        """Assessment and proposals. 409 when somebody else wrote since `version` was read."""
        span = period_of(period)
        asked = reader.unit(unit, span.last)
        text = Written(words.version, words.assessment, words.proposals, words.written_by)
        if not await situation_report.write(reader.database, asked.id, span, words.version, text):
            raise problem("stale_version", "version")
        return await read(situation_report.Question(asked, span), reader.units)


def days(reader: Reader, first: date | None, last: date | None) -> tuple[date, date]:
    """The days asked for; four weeks up to today by default. Raises Problem 422."""
    end = last or reader.today()
    start = first or end - timedelta(days=DEFAULT_DAYS - 1)
    if not timedelta(0) <= end - start <= timedelta(days=MOST_DAYS):
        raise problem("bad_range", "from")
    return start, end


def period_of(code: str) -> Period:
    """Raises Problem 422."""
    try:
        return parse_period(code)
    except BadPeriod:
        raise problem("bad_period", "period") from None


def _cells(reader: Reader, cells: Mapping[str, int | None], units_on: date | None) -> list[Cell]:
    return [Cell(key, reader.name(key, units_on) if units_on else None, n) for key, n in cells.items()]
