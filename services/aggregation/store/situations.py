"""What situation reports read from the counted cases, and what people wrote into them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.aggregation.domain.situation import Notable, Observed
from shared.database import Connection

_IN_SCOPE = """
FROM counted_cases AS c JOIN places AS p ON p.id = c.place
LEFT JOIN unnest($2::text[], $3::text[], $4::bool[]) AS m (unit, now_unit, inside)
    ON m.unit = c.unit AND m.now_unit = c.now_unit
WHERE c.day BETWEEN $5 AND $6 AND ($7 OR NOT c.restricted)
  AND CASE WHEN $2 IS NULL THEN p.path @> $1::text[] ELSE coalesce(m.inside, c.unit = ANY ($1)) END
"""
_MOVED = """
SELECT DISTINCT unit, now_unit FROM counted_cases
WHERE day BETWEEN $1 AND $2 AND now_unit IS NOT NULL ORDER BY unit, now_unit
"""
_OBSERVED = f"""
SELECT c.observed_group, c.stance, c.breadth, count(*)::int,
       (count(*) FILTER (WHERE c.second_hand))::int {_IN_SCOPE} AND c.observed_group IS NOT NULL
GROUP BY 1, 2, 3
"""
_NOTABLE = f"""
SELECT c.now_unit, c.case_id, c.day, c.unit, c.category, c.severity, c.flags, c.state {_IN_SCOPE}
  AND c.state NOT IN ('withdrawn', 'spam') AND (c.severity >= $8 OR c.flags && $9::text[])
  AND ($10::text[] IS NULL OR c.category = ANY($10))
ORDER BY c.severity DESC, c.day DESC, c.case_id LIMIT $11
"""
_OVERDUE = f"""
SELECT count(*) {_IN_SCOPE} AND c.purpose = 'request' AND c.settle_by < $8 AND c.state <> ALL($9::text[])
"""
_WRITTEN = """
SELECT version, assessment, proposals, written_by, written_at FROM situation_reports
WHERE unit = $1 AND period = $2 ORDER BY version DESC LIMIT 1
"""
_WRITE = """
INSERT INTO situation_reports (unit, period, version, assessment, proposals, written_by)
SELECT $1, $2, $3 + 1, $4, $5, $6
WHERE $3 = coalesce((SELECT max(version) FROM situation_reports WHERE unit = $1 AND period = $2), 0)
ON CONFLICT DO NOTHING RETURNING version
"""


@dataclass(frozen=True, slots=True)
class Scope:
    """Cases in [first, last]; `restricted`: with those only the province may see.

    `moved` None: of the one unit and below, as it was then. Else of the units of any time that lie whole in
    the one asked for on another map; but of cases that were moved since as `moved` says: (unit of then, unit
    of now, whether they are meant).
    """

    units: Sequence[str]
    moved: Sequence[tuple[str, str, bool]] | None
    first: date
    last: date
    restricted: bool


@dataclass(frozen=True, slots=True)
class Written:
    """What a person wrote; version 0 is nothing yet. Every version is kept."""

    version: int = 0
    assessment: str = ""
    proposals: str = ""
    written_by: str = ""
    written_at: datetime | None = None


async def observed(tx: Connection, scope: Scope) -> list[Observed]:
    """Observations by group, stance and breadth."""
    return [Observed(*row) for row in await tx.fetch(_OBSERVED, *_of(scope))]


async def notable(
    tx: Connection,
    scope: Scope,
    severity: int,
    flags: Sequence[str],
    categories: Sequence[str] | None,
    *,
    limit: int = 50,
) -> list[tuple[Notable, str | None]]:
    """Cases of at least this severity or with one of these flags, the gravest first; of these categories
    only, unless None. Each with the unit that changes of the map have moved it to."""
    rows = await tx.fetch(_NOTABLE, *_of(scope), severity, flags, categories, limit)
    return [(Notable(*told), now) for now, *told in rows]


async def overdue(tx: Connection, scope: Scope, now: datetime, final: Sequence[str]) -> int:
    """Requests whose time to be settled is over and whose state is not final."""
    return int(await tx.fetchval(_OVERDUE, *_of(scope), now, final))


async def written(tx: Connection, unit: str, period: str) -> Written:
    """The newest version."""
    row = await tx.fetchrow(_WRITTEN, unit, period)
    return Written(**dict(row)) if row else Written()


async def write(tx: Connection, unit: str, period: str, base: int, text: Written) -> bool:
    """Add a version after `base`; False if somebody else was quicker."""
    return (
        await tx.fetchval(_WRITE, unit, period, base, text.assessment, text.proposals, text.written_by)
    ) is not None


async def moved(tx: Connection, first: date, last: date) -> list[tuple[str, str]]:
    """(unit of then, unit of now) of the cases of [first, last] that changes of the map have moved."""
    return [tuple(row) for row in await tx.fetch(_MOVED, first, last)]


def _of(scope: Scope) -> tuple[object, ...]:
    columns: Sequence[object] = (None, None, None)
    if scope.moved is not None:
        columns = [[pair[at] for pair in scope.moved] for at in range(3)]
    return scope.units, *columns, scope.first, scope.last, scope.restricted
