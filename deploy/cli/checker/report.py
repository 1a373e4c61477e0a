"""All invariants, one after the other, on one reading of Kafka."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import asyncpg

from deploy.cli.checker import counts, notifications, positions, reports, versions
from deploy.cli.checker.canaries import Canaries
from deploy.cli.checker.kafka_view import KafkaView, read_kafka
from deploy.cli.checker.result import Result, judged, not_checked
from shared.contracts.topics import TOPICS
from shared.database import Connection

Check = Callable[[Connection, KafkaView], Awaitable[Result]]
CHECKS: Mapping[str, Check] = {
    "I1": reports.accepted_have_one_case,
    "I2": reports.refused_have_none,
    "I3": reports.one_report_a_key,
    "I4": counts.counts_are_true,
    "I5": notifications.everybody_told_once,
    "I6": positions.counters_add_up,
    "I7": versions.versions_agree,
    "I8": positions.positions_match_kafka,
    "I9": positions.all_drained,
}


@dataclass(frozen=True, slots=True)
class Report:
    """A result for each invariant, in order, and how long the checking took (seconds)."""

    results: dict[str, Result]
    seconds: float

    @property
    def holds(self) -> bool:
        """True if none is false; what was not checked does not count."""
        return not any(result.holds is False for result in self.results.values())

    @property
    def verdicts(self) -> dict[str, bool | str]:
        """{I1: True | False | "not checked", ...}"""
        return {name: result.verdict for name, result in self.results.items()}

    def as_json(self) -> dict[str, Any]:
        """For `--json`: per invariant its verdict, the culprits and the note."""
        invariants = {
            name: {
                "verdict": result.verdict,
                "offending": list(result.offending),
                "found": result.found,
                "note": result.note,
            }
            for name, result in self.results.items()
        }
        return {"holds": self.holds, "seconds": round(self.seconds, 3), "invariants": invariants}


@dataclass(frozen=True, slots=True)
class Planted:
    """What I10 needs: canaries that were planted, the folder of the logs, texts of /metrics by service."""

    canaries: Sequence[str]
    logs: Path | None = None
    metrics: Mapping[str, str] = field(default_factory=dict)


async def check(
    reader_dsn: str, bootstrap: str, *, only: Sequence[str] = (), planted: Planted | None = None
) -> Report:
    """Check every invariant (or `only` these). `reader_dsn` is of a role that may read everything."""
    began = time.monotonic()
    canaries = Canaries(planted.canaries) if planted and planted.canaries else None
    reader = await asyncpg.connect(reader_dsn)
    try:
        look = canaries.look_at_records if canaries else None
        kafka = await read_kafka(bootstrap, await _topics(reader), look)
        results = {name: await ask(reader, kafka) for name, ask in CHECKS.items() if not only or name in only}
        if not only or "I10" in only:
            results["I10"] = await _nothing_personal(reader, canaries, planted)
    finally:
        await reader.close()
    return Report(results, time.monotonic() - began)


async def _nothing_personal(reader: Connection, canaries: Canaries | None, planted: Planted | None) -> Result:
    """I10, as far as canaries can tell it."""
    if canaries is None or planted is None:
        return not_checked("no canaries were planted")
    await canaries.look_at_tables(reader)
    logs = canaries.look_at_logs(planted.logs) if planted.logs else 0
    canaries.look_at_metrics(planted.metrics)
    looked = f"{len(planted.canaries)} canaries; {logs} logs, {len(planted.metrics)} metrics"
    return judged(canaries.seen, looked)


async def _topics(reader: Connection) -> set[str]:
    known = set(TOPICS)
    for schema in await positions.schemas(reader):
        rows = await reader.fetch(f"SELECT DISTINCT topic FROM {schema}.positions")  # noqa: S608 - from the catalogue
        known |= {row["topic"] for row in rows}
    return known
