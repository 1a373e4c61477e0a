"""Routing's write path against COPY of the very same rows.

Write path: what routing does in a batch's transaction beside deciding, by its own functions: which cases and
erasures are there, COPY into `cases`, `case_texts`, `case_decisions`, events encoded and written to the
outbox, NOTIFY, COMMIT with fsync; 500 cases a transaction, on empty copies of its tables with their indexes.
COPY: the same rows, ready as tuples, into other copies of the same tables: one statement a table, one COMMIT
for all. Both by one connection of asyncpg from one process; best of three, in turns.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from deploy.cli.bench.end_to_end import Broken
from deploy.cli.bench.ground import Ground
from services.routing import publish
from services.routing.domain.case import Case, Report
from services.routing.domain.decision import Decision
from services.routing.store import cases as store
from services.routing.store import erasures
from services.routing.store.cases import DecisionRow
from services.routing.store.rows import case_of, reasons_of
from shared.database import Connection
from shared.outbox import Outgoing, announce

_TABLES = ("cases", "case_decisions", "case_texts", "outbox", "erased_reports", "incident_marks")
_CASES = """
SELECT c.*, d.causing_event, d.reasons, d.decided_at, d.traceparent, t.text, t.place_hint AS hint,
    t.reporter_unit, t.latitude, t.longitude
FROM routing.cases c JOIN routing.case_decisions d USING (case_id, version)
JOIN routing.case_texts t USING (case_id) WHERE version = 1 ORDER BY case_id LIMIT $1
"""
_OPTIONS = "SELECT array_to_string(reloptions, ', ') FROM pg_class WHERE oid = $1::text::regclass"
_ROUNDS = 3
_BATCH = 500
_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Batch:
    """Cases as one transaction writes them."""

    cases: list[Case]
    reports: dict[Any, Report]
    decisions: list[DecisionRow]
    outgoing: list[Outgoing]


async def routing_writes(ground: Ground) -> dict[str, float]:
    """Measure both on the cases of a run, at most 20,000 of them."""
    async with ground.admin() as connection:
        batches = await _batches(connection)
        path, copy = [], []
        await _mirror(connection, "bench_path")
        await _mirror(connection, "bench_copy")
        for _ in range(_ROUNDS):
            path.append(await _by_routing(connection, batches))
            rows = {table: await _rows(connection, table) for table in _TABLES[:4]}
            copy.append(await _by_copy(connection, rows))
            await _empty(connection)
    count = sum(len(batch.cases) for batch in batches)
    return {
        "cases": count,
        "rows": sum(len(found) for _, found in rows.values()),
        "path_per_s": round(count / min(path)),
        "copy_per_s": round(count / min(copy)),
        "ratio": round(min(copy) / min(path), 3),
    }


async def _batches(connection: Connection) -> list[Batch]:
    """The cases of the run, made again from their rows. Only what was opened and not changed since."""
    rows = await connection.fetch(_CASES, _MOST)
    if not rows:
        raise Broken("there are no cases to write")
    return [_batch(rows[start : start + _BATCH]) for start in range(0, len(rows), _BATCH)]


def _batch(rows: Sequence[asyncpg.Record]) -> Batch:
    cases = [case_of(row) for row in rows]
    reports = {row["case_id"]: _report(row) for row in rows}
    decisions = [_decision(case, row) for case, row in zip(cases, rows, strict=True)]
    outgoing = [
        Outgoing(publish.case_event(None, _opened(d), d.after), str(d.causing_event), d.traceparent)
        for d in decisions
    ]
    return Batch(cases, reports, decisions, outgoing)


def _decision(case: Case, row: asyncpg.Record) -> DecisionRow:
    reasons, at = reasons_of(row["reasons"]), row["decided_at"]
    return DecisionRow(case, row["causing_event"], 0, "Opened", reasons, None, at, row["traceparent"])


def _report(row: asyncpg.Record) -> Report:
    return Report(
        row["case_id"],
        row["purpose"],
        row["channel"],
        row["text"],
        row["submitted_at"],
        row["received_at"],
        row["report_date"],
        place_hint=row["hint"],
        reporter_unit=row["reporter_unit"],
        location=None if row["latitude"] is None else (row["latitude"], row["longitude"]),
    )


def _opened(decision: DecisionRow) -> Decision:
    case = decision.after
    return Decision(
        "Opened",
        case.case_id,
        case.root_id,
        case.facts,
        case.findings,
        case.audience,
        decision.reasons,
        case.map_version,
        case.rules_version,
        decision.decided_at,
    )


async def _mirror(connection: Connection, schema: str) -> None:
    """Empty copies of routing's tables, with their indexes, checks and storage settings."""
    await connection.execute(f"CREATE SCHEMA {schema}")
    for table in _TABLES:
        await connection.execute(f"CREATE TABLE {schema}.{table} (LIKE routing.{table} INCLUDING ALL)")
        if options := await connection.fetchval(_OPTIONS, f"routing.{table}"):
            await connection.execute(f"ALTER TABLE {schema}.{table} SET ({options})")


async def _empty(connection: Connection) -> None:
    for schema in ("bench_path", "bench_copy"):
        await connection.execute("TRUNCATE " + ", ".join(f"{schema}.{table}" for table in _TABLES))
    await connection.execute("CHECKPOINT")


async def _by_routing(connection: Connection, batches: Sequence[Batch]) -> float:
    await connection.execute("SET search_path = bench_path")
    began = time.monotonic()
    for batch in batches:
        async with connection.transaction():
            ids = [case.case_id for case in batch.cases]
            await store.existing(connection, ids)
            await erasures.erased(connection, ids)
            await store.insert(connection, batch.cases, batch.reports)
            await store.append_decisions(connection, batch.decisions)
            await announce(connection, "routing", batch.outgoing)
    return time.monotonic() - began


async def _rows(connection: Connection, table: str) -> tuple[list[str], list[tuple[Any, ...]]]:
    found = await connection.fetch(f"SELECT * FROM bench_path.{table}")  # noqa: S608 - the names are ours
    return list(found[0].keys()), [tuple(row) for row in found]


async def _by_copy(connection: Connection, rows: dict[str, tuple[list[str], list[tuple[Any, ...]]]]) -> float:
    began = time.monotonic()
    async with connection.transaction():
        for table, (columns, found) in rows.items():
            await connection.copy_records_to_table(
                table, schema_name="bench_copy", columns=columns, records=found
            )
    return time.monotonic() - began
