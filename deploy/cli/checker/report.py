"""All invariants, one after the other, on one reading of Kafka."""

import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg

from deploy.cli.checker import positions
from deploy.cli.checker.kafka_view import KafkaView, read_kafka
from deploy.cli.checker.result import Result
from shared.contracts.topics import TOPICS
from shared.database import Connection

Check = Callable[[Connection, KafkaView], Awaitable[Result]]
CHECKS: Mapping[str, Check] = {
    "I6": positions.counters_add_up,
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


async def check(reader_dsn: str, bootstrap: str, *, only: Sequence[str] = ()) -> Report:
    """Check every invariant (or `only` these). `reader_dsn` is of a role that may read everything."""
    began = time.monotonic()
    reader = await asyncpg.connect(reader_dsn)
    try:
        kafka = await read_kafka(bootstrap, await _topics(reader))
        results = {
            name: await look(reader, kafka) for name, look in CHECKS.items() if not only or name in only
        }
    finally:
        await reader.close()
    return Report(results, time.monotonic() - began)


async def _topics(reader: Connection) -> set[str]:
    known = set(TOPICS)
    for schema in await positions.schemas(reader):
        rows = await reader.fetch(f"SELECT DISTINCT topic FROM {schema}.positions")  # noqa: S608 - from the catalogue
        known |= {row["topic"] for row in rows}
    return known
