"""The days are dealt out to the shards: each mark is taken by one of them, whatever its day."""

from datetime import date, timedelta

import pytest

from deploy.local.installation import Installation
from services.aggregation.store.rollups import take_marks
from shared.database import Database

SHARDS = 3
DAYS = [date(1999, 12, 28) + timedelta(days=i) for i in range(9)]
PLACE = -1
"""A place that no case has, so that other tests' marks are told apart."""


@pytest.mark.parametrize("shards", [1, SHARDS])
async def test_every_mark_belongs_to_one_shard(installation: Installation, shards: int) -> None:
    database = Database(installation.dsn("aggregation"), "aggregation")
    await database.open()
    try:
        async with database.connection() as tx:
            undone = tx.transaction()
            await undone.start()
            await tx.executemany(
                "INSERT INTO dirty (day, place, map_version) VALUES ($1, $2, 1)",
                [(day, PLACE) for day in DAYS],
            )
            taken = [mark for shard in range(shards) for mark in await take_marks(tx, 1, shard, shards, 99)]
            await undone.rollback()
    finally:
        await database.close()
    assert sorted(day for day, place in taken if place == PLACE) == DAYS
