"""Incidents: what it costs to compare cases with those of their place, a step after they were opened.

The sample has a few hundred texts, told again and again with another number in each: nearly every case goes
with an earlier one, which no province's week looks like. So linking is off while the rest is measured, and a
bounded number of cases is compared by routing's own use case afterwards, in this process.
"""

import time
from pathlib import Path
from typing import Any

from deploy.cli.bench import costs
from deploy.cli.bench.ground import Ground
from services.routing import rules
from services.routing.use_cases.basis import BasisHolder
from services.routing.use_cases.link_reports import LinkReports
from shared.map_store import MapHolder

_MOST = 5_000
_DROP = """
DELETE FROM routing.incident_marks
WHERE case_id NOT IN (SELECT case_id FROM routing.incident_marks ORDER BY case_id LIMIT $1)
"""


async def forget_marks(ground: Ground, keep: int = 0) -> int:
    """Leave so many cases to compare, the first ones; returns how many are left."""
    async with ground.admin() as connection:
        await connection.execute(_DROP, keep)
        return int(await connection.fetchval("SELECT count(*) FROM routing.incident_marks"))


async def linking(ground: Ground) -> dict[str, Any]:
    """Compare what waits, at most 5,000 cases: how many a second, and microseconds of CPU a case."""
    marks = await forget_marks(ground, _MOST)
    async with ground.database("routing") as database:
        units = MapHolder(database)
        await units.refresh()
        basis = BasisHolder(units, Path(rules.__file__).parent, ground.home)
        await basis.refresh()
        link = LinkReports(database, basis)
        before, own, began = costs.cpu(ground.pids()), time.process_time(), time.monotonic()
        await link()
        seconds, spent = time.monotonic() - began, time.process_time() - own
        postgres = costs.cpu(ground.pids())["postgres"] - before["postgres"]
    async with ground.admin() as connection:
        linked = await connection.fetchval("SELECT count(*) FROM routing.cases WHERE incident IS NOT NULL")
    return {
        "cases": marks,
        "cases_per_s": round(marks / seconds),
        "cpu_us": round(spent / max(marks, 1) * 1e6, 1),
        "postgres_us": round(postgres / max(marks, 1) * 1e6, 1),
        "linked": linked,
    }
