"""Each stage alone, on what the stage before it left in Kafka: nothing else runs but the two servers."""

import time
from dataclasses import dataclass
from typing import Any

from deploy.cli.bench import costs
from deploy.cli.bench.end_to_end import SUBMITTED, sound
from deploy.cli.bench.feed import fill
from deploy.cli.bench.ground import SERVICES, Ground
from deploy.cli.bench.linking import linking
from deploy.cli.bench.samples import records
from deploy.cli.bench.waiting import until
from shared.database import Connection


@dataclass(frozen=True, slots=True)
class Stage:
    """A service that reads one topic; `relays`: it is done when its outbox is empty too."""

    name: str
    service: str
    topic: str
    relays: bool = False


STAGES = (
    Stage("intake", "intake", SUBMITTED, relays=True),
    Stage("routing", "routing", "reports.events", relays=True),
    Stage("aggregation", "aggregation", "cases.events"),
    Stage("notify", "notify", "cases.events"),
    Stage("case_status", "intake", "cases.events"),
)


async def stages(ground: Ground, reports: int) -> dict[str, Any]:
    """Every stage in turn, then the checker on the whole. Intake is measured on its two topics apart."""
    await fill(ground.bootstrap, SUBMITTED, records(reports))
    async with ground.admin() as connection:
        found = {stage.name: await _measure(ground, connection, stage, reports) for stage in STAGES}
    incidents = await linking(ground)
    ground.start(*SERVICES)
    invariants = await sound(ground)
    ground.services.stop(*SERVICES)
    return {"reports": reports, **found, "incidents": incidents, "invariants": invariants}


async def _measure(ground: Ground, connection: Connection, stage: Stage, reports: int) -> dict[str, Any]:
    """From the first batch that is settled to the last; the start of the process is not counted."""
    written = await costs.written(connection)
    ground.services.start(stage.service)
    position = (
        f"SELECT coalesce(sum(consumed), 0) FROM {stage.service}.positions WHERE topic = '{stage.topic}'"  # noqa: S608
    )
    left = f"SELECT count(*) FROM {stage.service}.outbox"  # noqa: S608 - the names are ours

    async def begun() -> bool:
        return bool(await connection.fetchval(position))

    async def done() -> bool:
        if await connection.fetchval(position) < reports:
            return False
        return not (stage.relays and await connection.fetchval(left))

    await until(begun, deadline_s=120, what=f"{stage.name} to begin", every_s=0.01)
    began, first = time.monotonic(), int(await connection.fetchval(position))
    spent = costs.cpu(ground.pids())
    await until(done, deadline_s=60 + reports / 100, what=f"{stage.name} to end", every_s=0.02)
    seconds, cpu = time.monotonic() - began, costs.cpu(ground.pids())
    ground.services.stop(stage.service)
    measured = max(reports - first, 1)
    return {
        "rate_per_s": round(measured / seconds),
        "seconds": round(seconds, 2),
        **costs.cpu_json(spent, cpu, measured),
        **costs.written_json(written, await costs.written(connection), reports),
    }
