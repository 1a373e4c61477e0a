"""What a stretch of work cost: CPU of each process tree, rows, transactions, bytes of write-ahead log."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import psutil

from shared.database import Connection

_ROWS = """
SELECT schemaname || '.' || relname AS name, n_tup_ins, n_tup_upd, n_tup_del FROM pg_stat_user_tables
"""
_TOTALS = """
SELECT pg_current_wal_lsn() - '0/0'::pg_lsn AS wal, sum(xact_commit)::bigint AS commits FROM pg_stat_database
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What PostgreSQL has counted: rows (inserted, updated, deleted) by table, WAL bytes, commits."""

    rows: Mapping[str, tuple[int, int, int]]
    wal_bytes: int
    commits: int


def cpu_seconds(pid: int) -> float:
    """User and system time of a process, its children, and those that it has buried."""
    try:
        root = psutil.Process(pid)
        own = root.cpu_times()
        total = own.user + own.system + own.children_user + own.children_system
        for child in root.children(recursive=True):
            times = child.cpu_times()
            total += times.user + times.system
    except psutil.NoSuchProcess:
        return 0.0
    return float(total)


def cpu(pids: Mapping[str, int]) -> dict[str, float]:
    """CPU seconds that each process tree has spent since it began."""
    return {name: cpu_seconds(pid) for name, pid in pids.items()}


async def written(connection: Connection) -> Written:
    """Read PostgreSQL's counters; those of a busy session lag, those of a closed one are complete."""
    totals = await connection.fetchrow(_TOTALS)
    assert totals is not None
    rows = {
        r["name"]: (r["n_tup_ins"], r["n_tup_upd"], r["n_tup_del"]) for r in await connection.fetch(_ROWS)
    }
    return Written(rows, int(totals["wal"]), int(totals["commits"]))


def cpu_json(before: Mapping[str, float], after: Mapping[str, float], records: int) -> dict[str, Any]:
    """Microseconds of CPU a record, by process and in all."""
    us = {name: (spent - before.get(name, 0.0)) / records * 1e6 for name, spent in after.items()}
    return {
        "cpu_us_per_report": {name: round(spent, 1) for name, spent in us.items()},
        "cpu_us_per_report_total": round(sum(us.values()), 1),
    }


def written_json(before: Written, after: Written, records: int) -> dict[str, Any]:
    """Rows, transactions and WAL bytes a record. Updates and deletes of a row count as rows too."""
    tables = {
        name: sum(now - was for now, was in zip(n, before.rows.get(name, (0, 0, 0)), strict=True)) / records
        for name, n in after.rows.items()
    }
    return {
        "rows_per_report": round(sum(tables.values()), 2),
        "transactions_per_report": round((after.commits - before.commits) / records, 4),
        "wal_bytes_per_report": round((after.wal_bytes - before.wal_bytes) / records),
        "rows_per_report_by_table": {name: round(n, 3) for name, n in sorted(tables.items()) if n >= 0.001},
    }
