"""Totals for pages and the API: of a unit from its roll-ups, of anything finer from the leaves."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from shared.database import Connection

ROLLUP_DIMENSIONS = frozenset({"category", "purpose", "state", "day"})
LEAF_DIMENSIONS = ROLLUP_DIMENSIONS | {"legal_kind", "channel", "organisation", "severity"}
"""What may stand in a statement as a column; nothing else ever does."""

_CHILD = "coalesce(p.path[array_position(p.path, $1) - 1], $1)"
_SCOPE = """
FROM leaf_counts AS l JOIN places AS p ON p.id = l.place
WHERE l.day BETWEEN $2 AND $3 AND p.path @> ARRAY[$1::text] AND ($4 OR NOT l.restricted) AND l.n > 0
"""


async def of_unit(
    tx: Connection, unit: str, first: date, last: date, by: Sequence[str], *, restricted: bool
) -> list[tuple[Any, ...]]:
    """(value of each dimension, count) of a unit and all below it, as its cases' paths were then."""
    if set(by) <= ROLLUP_DIMENSIONS:
        columns = ", ".join(by)
        rows = await tx.fetch(
            f"SELECT {columns}, sum(n)::int FROM rollups WHERE unit = $1 AND day BETWEEN $2 AND $3"  # noqa: S608
            f" AND ($4 OR NOT restricted) AND n > 0 GROUP BY {columns} ORDER BY {columns}",
            *(unit, first, last, restricted),
        )
    else:
        columns = ", ".join(f"l.{_checked(name)}" for name in by)
        rows = await tx.fetch(
            f"SELECT {columns}, sum(l.n)::int {_SCOPE} GROUP BY {columns} ORDER BY {columns}",
            *(unit, first, last, restricted),
        )
    return [tuple(row) for row in rows]


async def by_child(
    tx: Connection, unit: str, first: date, last: date, *, restricted: bool
) -> list[tuple[str, int]]:
    """(unit directly below as it was then, count); what no unit below has counts for the unit itself."""
    rows = await tx.fetch(
        f"SELECT {_CHILD} AS child, sum(l.n)::int AS n {_SCOPE} GROUP BY 1 ORDER BY 2 DESC, 1",
        *(unit, first, last, restricted),
    )
    return [(row["child"], row["n"]) for row in rows]


async def by_leaf_unit(
    tx: Connection, first: date, last: date, by: Sequence[str], *, restricted: bool
) -> list[tuple[str, tuple[Any, ...], int]]:
    """(unit of then, value of each dimension, count) of all units, to be laid on another map."""
    rows = await tx.fetch(
        f"SELECT unit, {_columns(by)}sum(n)::int FROM leaf_counts"  # noqa: S608
        f" WHERE day BETWEEN $1 AND $2 AND ($3 OR NOT restricted) AND n > 0 GROUP BY {_columns(by)}unit",
        *(first, last, restricted),
    )
    return [(unit, tuple(key), n) for unit, *key, n in rows]


async def moved(
    tx: Connection, first: date, last: date, by: Sequence[str], *, restricted: bool
) -> list[tuple[str, str, tuple[Any, ...], int]]:
    """(unit of then, unit of now, value of each dimension, count) of the cases that changes of the map have
    moved."""
    rows = await tx.fetch(
        f"SELECT unit, now_unit, {_columns(by)}count(*)::int FROM counted_cases"  # noqa: S608
        " WHERE day BETWEEN $1 AND $2 AND ($3 OR NOT restricted) AND now_unit IS NOT NULL"
        f" GROUP BY {_columns(by)}unit, now_unit",
        *(first, last, restricted),
    )
    return [(then, now, tuple(key), n) for then, now, *key, n in rows]


async def by_unit_and_state(tx: Connection, first: date, last: date) -> list[tuple[str, str, str, int]]:
    """(unit of then, purpose, state, count) of all units, restricted cases among them."""
    rows = await tx.fetch(
        "SELECT unit, purpose, state, sum(n)::int FROM leaf_counts"
        " WHERE day BETWEEN $1 AND $2 AND n > 0 GROUP BY 1, 2, 3",
        *(first, last),
    )
    return [tuple(row) for row in rows]


def _columns(by: Sequence[str]) -> str:
    """The dimensions as columns before others."""
    return "".join(f"{_checked(name)}, " for name in by)


def _checked(name: str) -> str:
    if name not in LEAF_DIMENSIONS:
        raise ValueError(f"no dimension {name}")
    return name
