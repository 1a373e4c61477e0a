"""From Kafka to counted and notified: reports that lie in `reports.submitted` before anybody reads them."""

import time
from dataclasses import dataclass
from typing import Any

import psutil

from deploy.cli.bench import costs
from deploy.cli.bench.feed import fill, trickle
from deploy.cli.bench.ground import SERVICES, Ground
from deploy.cli.bench.linking import forget_marks
from deploy.cli.bench.memory import Watch, summary
from deploy.cli.bench.samples import records
from deploy.cli.bench.waiting import until
from deploy.cli.checker import check
from deploy.cli.quiet import quiet
from shared.database import Connection

SUBMITTED = "reports.submitted"
_APART = frozenset({"planned notifications", "cases to compare"})
"""Digests wait for a quarter of an hour, and linking is measured apart; what is urgent must be delivered."""
_CONSUMED = """
SELECT
    (SELECT coalesce(sum(consumed), 0) FROM intake.positions WHERE topic = 'reports.submitted') AS accepted,
    (SELECT coalesce(sum(consumed), 0) FROM routing.positions WHERE topic = 'reports.events') AS routed,
    (SELECT coalesce(sum(consumed), 0) FROM aggregation.positions WHERE topic = 'cases.events') AS counted,
    (SELECT coalesce(sum(consumed), 0) FROM notify.positions WHERE topic = 'cases.events') AS notified,
    (SELECT coalesce(sum(consumed), 0) FROM intake.positions WHERE topic = 'cases.events') AS followed
"""
_FOUND = """
SELECT (SELECT count(*) FROM intake.reports) AS accepted, (SELECT count(*) FROM routing.cases) AS cases,
    (SELECT count(*) FROM routing.cases WHERE case_id = root_id) AS roots,
    (SELECT count(*) FROM aggregation.counted_cases) AS counted,
    (SELECT count(*) FROM notify.notifications WHERE state <> 'unsent') AS notifications,
    (SELECT count(*) FROM intake.dead_letters) AS dead,
    (SELECT count(*) FROM routing.cases WHERE state = 'triage') AS triage
"""
_DONE = ("counted", "notified")
_BEFORE_CASES = ("accepted", "routed")


class Broken(AssertionError):
    """An invariant did not hold, or something is missing: there is no figure."""


@dataclass(frozen=True, slots=True)
class Times:
    """Seconds from the start until each step had seen every report."""

    seconds: dict[str, float]

    @property
    def total(self) -> float:
        return max(self.seconds[step] for step in _DONE)


async def end_to_end(ground: Ground, reports: int) -> dict[str, Any]:
    """Measure; the services are ready and intake is held back until every report lies in the topic.

    The services are stopped when it is over.
    """
    ready = list(records(reports))
    ground.start(*SERVICES)
    async with ground.admin() as connection:
        written = await costs.written(connection)
        intake = psutil.Process(ground.services.pids()["intake"])
        intake.suspend()
        try:
            await fill(ground.bootstrap, SUBMITTED, ready)
            ready.clear()
            spent = costs.cpu(ground.pids())
            with Watch(ground.pids) as watch:
                intake.resume()
                times = await _follow(connection, reports)
        finally:
            intake.resume()
        await calm(ground)
        cpu = costs.cpu_json(spent, costs.cpu(ground.pids()), reports)
        invariants = await sound(ground)
        ground.services.stop(*SERVICES)
        found = await _found(connection, reports)
        return {
            "reports": reports,
            "rate_per_s": round(reports / times.total, 1),
            "seconds": round(times.total, 2),
            "seconds_until": {step: round(s, 2) for step, s in times.seconds.items()},
            **cpu,
            **costs.written_json(written, await costs.written(connection), reports),
            "rss_mb": watch.as_json(),
            "invariants": invariants,
            **found,
        }


async def _follow(connection: Connection, reports: int) -> Times:
    """Wait until each step has seen all; steps are looked at twenty times a second.

    A mixed report has more cases than one: how many there are is known once all are routed.
    """
    began, seconds = time.monotonic(), dict[str, float]()
    events = 0

    async def look() -> bool:
        row = await connection.fetchrow(_CONSUMED)
        assert row is not None
        nonlocal events
        if row["routed"] >= reports and not events:
            events = await connection.fetchval("SELECT count(*) FROM routing.cases")
        for step, consumed in row.items():
            wanted = reports if step in _BEFORE_CASES else events
            if wanted and consumed >= wanted:
                seconds.setdefault(step, time.monotonic() - began)
        return len(seconds) == len(row)

    await until(look, deadline_s=120 + reports / 100, what=f"{reports} reports to go all the way")
    return Times(seconds)


async def _found(connection: Connection, reports: int) -> dict[str, Any]:
    """What came of them. Raises Broken unless each was accepted, routed, counted, and somebody told."""
    row = await connection.fetchrow(_FOUND)
    assert row is not None
    whole = row["accepted"] == row["roots"] >= reports and row["cases"] == row["counted"]
    if not whole or row["dead"]:
        raise Broken(f"of {reports} reports came {dict(row)}")
    return {
        "notifications_per_report": round(row["notifications"] / row["cases"], 2),
        "triage": row["triage"],
    }


async def calm(ground: Ground) -> None:
    """Wait until nothing is on its way but what waits for its digest."""
    await quiet(ground.installation.dsn("reader"), ground.bootstrap, deadline_s=300, but_for=_APART)


async def sound(ground: Ground) -> dict[str, bool | str]:
    """Ask the checker once all is calm. Raises Broken with the culprits.

    Aggregation and notify are stopped, in this order: by the clock alone they warn and send on. What would
    be compared with others is let go: linking is off here.
    """
    await forget_marks(ground)
    for service in ("aggregation", "notify"):
        await calm(ground)
        ground.services.stop(service)
    await calm(ground)
    report = await check(ground.installation.dsn("reader"), ground.bootstrap)
    if not report.holds:
        raise Broken(str(report.as_json()))
    return report.verdicts


async def steady(ground: Ground, seconds: float, rate_per_s: float) -> dict[str, Any]:
    """Start the services, feed at a rate for so long, and see what becomes of the memory."""
    ground.start(*SERVICES)
    count = int(seconds * rate_per_s)
    with Watch(ground.pids, every_s=1.0) as watch:
        sent = await trickle(ground.bootstrap, SUBMITTED, records(count, seed=7), rate_per_s)
    return {
        "reports": sent,
        "fed_rate_per_s": round(rate_per_s, 1),
        "seconds": round(seconds, 1),
        **summary(watch),
        "invariants": await sound(ground),
    }
