"""How a check asks PostgreSQL: one set-based query that returns the culprits and how many there are."""

from collections.abc import Sequence
from typing import Any

from deploy.cli.checker.result import SHOWN, Result, not_checked
from shared.database import Connection


async def missing(reader: Connection, tables: Sequence[str]) -> list[str]:
    """Those of `tables` (schema.table) that are not there."""
    rows = await reader.fetch("SELECT t FROM unnest($1::text[]) AS t WHERE to_regclass(t) IS NULL", tables)
    return [row["t"] for row in rows]


async def offenders(
    reader: Connection, tables: Sequence[str], query: str, *arguments: Any, note: str = ""
) -> Result:
    """True if `query` finds nobody; it returns one column `culprit`. Unchecked where a table is missing."""
    if gone := await missing(reader, tables):
        return not_checked(f"no {', '.join(gone)}")
    rows = await reader.fetch(
        f"SELECT culprit::text, count(*) OVER () AS found FROM ({query}) AS q LIMIT {SHOWN}",  # noqa: S608
        *arguments,
    )
    culprits = tuple(row["culprit"] for row in rows)
    return Result(not rows, culprits, note, rows[0]["found"] if rows else 0)
