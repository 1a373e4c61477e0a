"""How far the reports are, stage by stage, read from PostgreSQL while they move."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import astuple, dataclass

import asyncpg
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

_EVERY_S = 0.2
_COUNTS = """
SELECT (SELECT count(*) FROM intake.reports) AS accepted,
       (SELECT count(*) FROM routing.cases WHERE case_id = root_id) AS routed,
       (SELECT count(*) FROM aggregation.counted_cases JOIN routing.cases AS c USING (case_id)
        WHERE c.case_id = c.root_id) AS counted,
       count(*) AS planned,
       count(*) FILTER (WHERE state NOT IN ('planned', 'queued')) AS settled
FROM notify.notifications
"""
_STAGES = (
    "accepted",
    "routed to an owner",
    "counted",
    "notifications planned",
    "notifications delivered",
)


@dataclass(frozen=True, slots=True)
class Counts:
    """Reports at each stage; the last two count notifications, of which a case has one or more."""

    accepted: int
    routed: int
    counted: int
    planned: int
    settled: int


async def counts(reader: "asyncpg.Connection[asyncpg.Record]") -> Counts:
    """One look."""
    row = await reader.fetchrow(_COUNTS)
    assert row is not None
    return Counts(**dict(row))


@contextlib.asynccontextmanager
async def shown(console: Console, reader_dsn: str, expected: int) -> AsyncIterator[None]:
    """A bar a stage while the body runs. `expected`: reports that will be accepted."""
    reader = await asyncpg.connect(reader_dsn)
    with Progress(
        TextColumn("  {task.description:<24}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
    ) as bars:
        totals = (expected, expected, expected, None, None)
        tasks = [bars.add_task(stage, total=total) for stage, total in zip(_STAGES, totals, strict=True)]

        async def look() -> None:
            seen = await counts(reader)
            for task, done in zip(tasks, astuple(seen), strict=True):
                bars.update(task, completed=done)
            for task in tasks[3:]:
                bars.update(task, total=seen.planned or None)

        async def keep_looking() -> None:
            while True:
                await look()
                await asyncio.sleep(_EVERY_S)

        watcher = asyncio.create_task(keep_looking())
        try:
            yield
        finally:
            watcher.cancel()
            await asyncio.gather(watcher, return_exceptions=True)
            with contextlib.suppress(Exception):
                await look()
            await reader.close()
