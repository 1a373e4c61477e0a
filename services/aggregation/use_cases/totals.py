"""Totals of a unit in a period: as it was then, or on the map of any day; small cells below the province."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.aggregation.domain.suppression import SENSITIVE, coarse, suppress
from services.aggregation.use_cases.on_map import Asked
from shared.database import Database
from shared.units import Unit, UnitMap

GroupBy = Literal[
    "category", "state", "day", "purpose", "unit", "legal_kind", "channel", "organisation", "severity"
]


@dataclass(frozen=True, slots=True)
class Question:
    """`first` to `last` by the report's local date, both included. `on`: the day whose map is asked for;
    None leaves each case where it was then."""

    unit: Unit
    first: date
    last: date
    by: GroupBy
    on: date | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """Counts by value. None: hidden as a small cell. `split`: cases of former units that lie only partly in
    this one, counted in no cell; always 0 as of then; below the province rounded down, None where they are
    few."""

    cells: Mapping[str, int | None]
    total: int | None
    split: int | None
    restricted_left_out: bool


async def ask(database: Database, units: UnitMap, question: Question, *, limit: int) -> Answer:
    """Answer from the roll-ups and leaves as they stand."""
    everything = question.unit.level == "province"
    cells, split = await _count(database, units, question, everything=everything)
    if everything:
        return Answer(cells, sum(cells.values()), split, restricted_left_out=False)
    shown = suppress(cells, limit, sensitive=question.by in SENSITIVE)
    return Answer(shown.cells, shown.total, coarse(split, limit), restricted_left_out=True)


async def _count(
    database: Database, units: UnitMap, question: Question, *, everything: bool
) -> tuple[dict[str, int], int]:
    by = question.by
    async with database.connection() as tx:
        asked = Asked(tx, units, question.unit.id, question.on, restricted=everything)
        if by == "unit":
            below = await asked.below(question.first, question.last)
            return dict(below.cells), below.split
        found = await asked.counts(question.first, question.last, by)
        return {str(key): n for key, n in found.rows}, found.split
