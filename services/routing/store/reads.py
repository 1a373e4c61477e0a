"""Reads of cases for pages and API: by key, never by page number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from services.routing.domain.case import Case, Facts, Reason
from services.routing.store.rows import case_of, reasons_of
from shared.contracts.vocabulary import ENDED_STATES
from shared.database import Connection

_ENDED = ", ".join(f"'{state}'" for state in ENDED_STATES)
# The planner knows how few cases were moved only from the first of the two.
_MOVED_FROM = "path_then IS NOT NULL AND path_then[1] = ANY ({0}::text[])"
_CONDITIONS = {
    "path": "{} = ANY (path)",
    "at": "unit = {}",
    "units": "unit = ANY ({}::text[])",
    "then": "({0} = ANY (path_then) OR path_then IS NULL AND {0} = ANY (path))",
    "then_units": f"({_MOVED_FROM} OR path_then IS NULL AND unit = ANY ({{0}}::text[]))",
    "laid": f"(unit = ANY ({{0}}::text[]) OR {_MOVED_FROM})",
    "laid_provinces": "path[cardinality(path)] = ANY ({}::text[])",
    "split": f"({_MOVED_FROM} OR path_then IS NULL AND unit = ANY ({{0}}::text[]))",
    "not_laid": "NOT (unit = ANY ({0}::text[]) OR coalesce(path_then[1], '') = ANY ({0}::text[]))",
    "category": "category = {}",
    "state": "state = {}",
    "level": "level = {}",
    "severity": "severity = {}",
    "legal_kind": "legal_kind = {}",
    "purpose": "purpose = {}",
    "owner": "{} IN (listening_owner, resolving_owner)",
    "owner_at": "unit = {}",
    "owner_units": "unit = ANY ({}::text[])",
    "owner_kind": "(starts_with(listening_owner, {0}) OR starts_with(resolving_owner, {0}))",
    "from": "report_date >= {}",
    "to": "report_date <= {}",
    "restricted": "restricted = {}",
    "overdue": f"settle_by < {{}} AND state NOT IN ({_ENDED})",
    "not_overdue": f"(settle_by IS NULL OR settle_by >= {{}} OR state IN ({_ENDED}))",
    "after": "case_id < {}",
    "before": "case_id > {}",
}
"""What each filter asks; {} stands for its value."""
_TEXT = """
SELECT t.text, t.place_hint, t.reporter_unit, e.erased_at
FROM cases AS c
LEFT JOIN case_texts AS t USING (case_id)
LEFT JOIN erased_reports AS e ON e.report_id = c.root_id
WHERE c.case_id = $1
"""
_DECISIONS = """
SELECT version, kind, reasons, changes, decided_at, by_body FROM case_decisions WHERE case_id = $1
ORDER BY version
"""
_REACHED = "SELECT body, channel, at FROM reached WHERE case_id = $1 ORDER BY at, body"


@dataclass(frozen=True, slots=True)
class Told:
    """The redacted text of a case as it was told, or since when it is erased."""

    text: str | None
    place_hint: str | None
    reporter_unit: str | None
    erased_at: datetime | None


@dataclass(frozen=True, slots=True)
class Decided:
    """One decision of a case's history; `changes`: {field: [before, after]}."""

    version: int
    kind: str
    reasons: tuple[Reason, ...]
    changes: Mapping[str, tuple[Any, Any]]
    decided_at: datetime
    by: str | None = None
    """The body that decided, if one did."""


@dataclass(frozen=True, slots=True)
class Reached:
    """A body that was told of a case, by which channel and when."""

    body: str
    channel: str
    at: datetime


def cases_query(filters: Mapping[str, Any], limit: int) -> tuple[str, list[Any]]:
    """SQL and values for `cases`."""
    known = [(condition, filters[name]) for name, condition in _CONDITIONS.items() if name in filters]
    where = " AND ".join(condition.format(f"${n}") for n, (condition, _) in enumerate(known, 1)) or "true"
    order = "ASC" if "before" in filters else "DESC"
    sql = f"SELECT * FROM cases WHERE {where} ORDER BY case_id {order} LIMIT {limit:d}"  # noqa: S608
    return sql, [value for _, value in known]


async def cases(tx: Connection, filters: Mapping[str, Any], limit: int) -> list[Case]:
    """Newest first. `filters`: keys of `_CONDITIONS`; `after` or `before`: the case at the page's edge."""
    sql, values = cases_query(filters, limit)
    found = [case_of(row) for row in await tx.fetch(sql, *values)]
    return found[::-1] if "before" in filters else found


async def count(tx: Connection, filters: Mapping[str, Any], most: int) -> int:
    """How many cases there are, counted up to `most`."""
    sql, values = cases_query(filters, most)
    return int(await tx.fetchval(f"SELECT count(*) FROM ({sql}) AS found", *values))  # noqa: S608 - our own


async def case(tx: Connection, case_id: UUID) -> Case | None:
    """One case, or None."""
    row = await tx.fetchrow("SELECT * FROM cases WHERE case_id = $1", case_id)
    return None if row is None else case_of(row)


async def told(tx: Connection, case_id: UUID) -> Told:
    """What the case's report says; all None where there is no such case."""
    row = await tx.fetchrow(_TEXT, case_id)
    return Told(None, None, None, None) if row is None else Told(*row)


async def decisions(tx: Connection, case_id: UUID) -> list[Decided]:
    """The history, oldest first."""
    return [
        Decided(
            row["version"],
            row["kind"],
            reasons_of(row["reasons"]),
            _changes(row["changes"]),
            row["decided_at"],
            row["by_body"],
        )
        for row in await tx.fetch(_DECISIONS, case_id)
    ]


async def reached(tx: Connection, case_id: UUID) -> list[Reached]:
    """Who was told, oldest first."""
    return [Reached(*row) for row in await tx.fetch(_REACHED, case_id)]


def _changes(stored: bytes | None) -> dict[str, tuple[Any, Any]]:
    """Changed facts; what the conflict of interest was judged by is proved with them and shown nowhere."""
    changes = orjson.loads(stored or b"{}").items()
    return {name: (before, after) for name, (before, after) in changes if name in Facts.__slots__}
