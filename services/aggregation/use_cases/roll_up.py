"""Bring the roll-ups to what their leaves say."""

import time
from dataclasses import dataclass
from datetime import date

from services.aggregation import metrics
from services.aggregation.store import rollups
from shared import failpoints
from shared.database import Database
from shared.map_store import MapHolder

_MARKS_A_ROUND = 20_000


@dataclass(frozen=True, slots=True)
class RollUp:
    """One recomputer a shard; the days are dealt out to the shards, so a roll-up belongs to one of them."""

    database: Database
    map: MapHolder
    shards: int = 1

    async def __call__(self) -> None:
        """Take in the marks that wait, round by round, while a round leaves some."""
        for shard in range(self.shards):
            while await self._round(shard):
                pass
        async with self.database.connection() as connection:
            metrics.DIRTY.set(await rollups.waiting(connection))

    async def _round(self, shard: int) -> bool:
        """Take in the oldest marks; whether there were as many as a round takes."""
        began = time.perf_counter()
        async with self.database.transaction() as tx:
            version = self.map.current.version
            marks = await rollups.take_marks(tx, version, shard, self.shards, _MARKS_A_ROUND)
            if not marks:
                return False
            failpoints.hit("aggregation.rollup_taken")
            sources = set(marks)
            paths = await rollups.paths_of(tx, sorted({place for _, place in sources}))
            touched: set[tuple[str, date]] = {(unit, day) for day, place in sources for unit in paths[place]}
            await rollups.set_rollups(tx, sorted(touched))
            failpoints.hit("aggregation.rollup_set")
        metrics.ROLLUP_SECONDS.observe(time.perf_counter() - began)
        return len(marks) == _MARKS_A_ROUND
