"""Warnings and the daily series that they are read from."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.aggregation.domain.surge import Cleared, Detector, Raised, Series, Standing, detector_of
from shared.database import Connection

_LOCK = "SELECT pg_advisory_xact_lock($1, 0), clock_timestamp() AS now"
_LOCK_CLASS = 0x6C6E_0B
_TOTALS = "SELECT day, sum(n)::int AS n FROM rollups WHERE unit = $1 AND day BETWEEN $2 AND $3 GROUP BY day"
_LARGE = """
SELECT DISTINCT unit, category, restricted FROM (
    SELECT unit, category, restricted, day FROM rollups
    WHERE unit = ANY($1::text[]) AND day = ANY($2::date[]) AND state NOT IN ('withdrawn', 'spam')
    GROUP BY unit, category, restricted, day HAVING sum(n) >= $3
) AS large
"""
_SERIES = """
SELECT unit, category, restricted, day, sum(n)::int AS n FROM rollups
WHERE unit = ANY($1::text[]) AND day BETWEEN $2 AND $3 AND state NOT IN ('withdrawn', 'spam')
GROUP BY unit, category, restricted, day
"""
_STANDING = """
SELECT warning_id, unit, category, restricted, window_start FROM warnings WHERE cleared_at IS NULL
ORDER BY warning_id
"""
_KNOWN = "SELECT warning_id FROM warnings WHERE window_start = ANY($1::date[])"
_RAISE = """
INSERT INTO warnings (warning_id, unit, path, category, window_start, window_end, detector, restricted,
                      observed, expected, threshold)
VALUES ($1, $2, $3, $4, $5, $5, $6, $7, $8, $9, $10)
ON CONFLICT DO NOTHING RETURNING warning_id
"""
_CLEAR = """
UPDATE warnings SET cleared_at = clock_timestamp(), cleared_observed = $2
WHERE warning_id = $1 AND cleared_at IS NULL RETURNING warning_id
"""
_LIST = """
SELECT * FROM warnings
WHERE window_end >= $2 AND window_start <= $3 AND {where} AND ($4 OR NOT restricted)
ORDER BY cleared_at IS NOT NULL, window_start DESC, observed DESC, warning_id LIMIT $5
"""
_LIST_THEN, _LIST_LAID = (_LIST.format(where=w) for w in ("$1 = ANY(path)", "unit = ANY($1::text[])"))


@dataclass(frozen=True, slots=True)
class WarningRow:
    """A warning as pages and the API tell it. `split`: only a part of its unit lies in the one asked for, on
    the map asked for; nobody can say which cases."""

    warning_id: UUID
    unit: str
    path: Sequence[str]
    category: str
    window_start: date
    window_end: date
    detector: str
    restricted: bool
    observed: int
    expected: float
    threshold: float
    raised_at: datetime
    cleared_at: datetime | None
    cleared_observed: int | None
    split: bool = False


async def lock(tx: Connection) -> datetime:
    """One watcher at a time; returns the database's time."""
    row = await tx.fetchrow(_LOCK, _LOCK_CLASS)
    assert row is not None
    return row["now"]  # type: ignore[no-any-return]


async def totals(tx: Connection, unit: str, first: date, last: date) -> dict[date, int]:
    """All cases of a unit by day, in whatever state they are by now."""
    return {row["day"]: row["n"] for row in await tx.fetch(_TOTALS, unit, first, last)}


async def large_series(
    tx: Connection, units: Sequence[str], days: Sequence[date], minimum: int
) -> list[Series]:
    """The series that reach the minimum on one of these days, sorted."""
    rows = await tx.fetch(_LARGE, units, days, minimum)
    return sorted(Series(row["unit"], row["category"], row["restricted"]) for row in rows)


async def daily(
    tx: Connection, units: Sequence[str], first: date, last: date
) -> Mapping[Series, dict[date, int]]:
    """Cases a day of every series of these units."""
    found: dict[Series, dict[date, int]] = defaultdict(dict)
    for row in await tx.fetch(_SERIES, units, first, last):
        found[Series(row["unit"], row["category"], row["restricted"])][row["day"]] = row["n"]
    return found


async def standing(tx: Connection) -> list[Standing]:
    """The warnings that were raised and not cleared."""
    return [
        Standing(
            row["warning_id"],
            Series(row["unit"], row["category"], row["restricted"]),
            row["window_start"],
        )
        for row in await tx.fetch(_STANDING)
    ]


async def known(tx: Connection, days: Sequence[date]) -> frozenset[UUID]:
    """Ids of all warnings ever raised for these days."""
    return frozenset(row["warning_id"] for row in await tx.fetch(_KNOWN, days))


async def insert(tx: Connection, raised: Raised, path: Sequence[str], detector: Detector) -> bool:
    """False if the warning was there already."""
    one, reading = raised.series, raised.reading
    written = await tx.fetchval(
        _RAISE,
        raised.warning_id,
        one.unit,
        path,
        one.category,
        raised.day,
        detector_of(one, detector),
        one.restricted,
        reading.observed,
        reading.expected,
        reading.threshold,
    )
    return written is not None


async def clear(tx: Connection, cleared: Cleared) -> bool:
    """False if it was cleared already."""
    return await tx.fetchval(_CLEAR, cleared.warning_id, cleared.observed) is not None


async def listed(
    tx: Connection, unit: str, first: date, last: date, *, restricted: bool, limit: int = 200
) -> list[WarningRow]:
    """Warnings in a unit and below it as they were then, those that stand first."""
    rows = await tx.fetch(_LIST_THEN, unit, first, last, restricted, limit)
    return [WarningRow(**dict(row)) for row in rows]


async def laid(
    tx: Connection,
    on_map: tuple[Collection[str], Collection[str]],
    first: date,
    last: date,
    *,
    restricted: bool,
    limit: int = 200,
) -> list[WarningRow]:
    """Warnings of the units that lie whole in a unit of another map, and of those that do in part."""
    inside, split = on_map
    rows = await tx.fetch(_LIST_LAID, [*inside, *split], first, last, restricted, limit)
    return [WarningRow(**dict(row), split=row["unit"] in split) for row in rows]
