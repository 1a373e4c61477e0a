"""What situation reports read from the counted cases, and what people wrote into them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.aggregation.domain.situation import Notable, Observed
from shared.database import Connection

_IN_SCOPE = """
FROM counted_cases AS c JOIN places AS p ON p.id = c.place
WHERE c.day BETWEEN $3 AND $4 AND ($5 OR NOT c.restricted)
  AND CASE WHEN $2::text[] IS NULL THEN p.path @> $1::text[]
      ELSE c.unit = ANY($1) OR (c.unit = ANY($2) AND c.now_unit = ANY($1)) END
"""
_OBSERVED = f"""
SELECT c.observed_group, c.stance, c.breadth, count(*)::int,
       (count(*) FILTER (WHERE c.second_hand))::int {_IN_SCOPE} AND c.observed_group IS NOT NULL
GROUP BY 1, 2, 3
"""
_NOTABLE = f"""
SELECT c.now_unit, c.case_id, c.day, c.unit, c.category, c.severity, c.flags, c.state {_IN_SCOPE}
  AND c.state NOT IN ('withdrawn', 'spam') AND (c.severity >= $6 OR c.flags && $7::text[])
  AND ($8::text[] IS NULL OR c.category = ANY($8))
ORDER BY c.severity DESC, c.day DESC, c.case_id LIMIT $9
"""
_OVERDUE = f"""
SELECT count(*) {_IN_SCOPE} AND c.purpose = 'request' AND c.settle_by < $6 AND c.state <> ALL($7::text[])
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

    `parted` None: of the one unit and below, as it was then. Else of the units of any time that lie whole in
    the one asked for on another map, and of the parted ones, of which only a part does, those cases that a
    person has moved there.
    """

    units: Sequence[str]
    parted: Sequence[str] | None
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


def _of(scope: Scope) -> tuple[Sequence[str], Sequence[str] | None, date, date, bool]:
    return scope.units, scope.parted, scope.first, scope.last, scope.restricted
