"""The relay: in order per key, quickly, whatever fits, and nothing that does not."""

import asyncio
import os
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import orjson
import pytest
from aiokafka import AIOKafkaConsumer

from shared.contracts.topics import MAX_MESSAGE_BYTES
from shared.database import Database
from shared.outbox import EventTooLarge, Outgoing, announce
from shared.relay import Relay
from tests.integration.ground.ground import Ground
from tests.integration.toy import ToyHappened
from tests.support import eventually


@asynccontextmanager
async def relaying(ground: Ground) -> AsyncIterator[Database]:
    """A relay that runs; the toy's database to announce in."""
    database = Database(ground.dsn, "toy")
    await database.open()
    task = asyncio.create_task(Relay(database, "toy", ground.bootstrap, take=50).run())
    try:
        yield database
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await database.close()


async def test_order_per_key_across_batches_and_two_relays(ground: Ground) -> None:
    """Two relays of one shard take turns; each key's events arrive as they were announced."""
    async with relaying(ground) as database, relaying(ground):
        for n in range(0, 300, 10):
            async with database.transaction() as tx:
                events = [ToyHappened(name=f"k{k}", n=n + i) for i in range(10) for k in range(4)]
                await announce(tx, "toy", [Outgoing(event) for event in events])
        await ground.drained()
    announced = await ground.announced()
    assert len(announced) == 1_200
    for key in range(4):
        assert [n for _, (name, n) in announced if name == f"k{key}"] == list(range(300))


async def test_a_commit_wakes_the_relay(ground: Ground) -> None:
    """From commit to record well below the second after which the relay would look by itself."""
    consumer = AIOKafkaConsumer("toy.out", bootstrap_servers=ground.bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    try:
        async with relaying(ground) as database:
            await _announced_and_seen(database, consumer, 0)
            waits = [await _announced_and_seen(database, consumer, n) for n in range(1, 6)]
    finally:
        await consumer.stop()
    assert sorted(waits)[2] < 0.5, waits


async def _announced_and_seen(database: Database, consumer: AIOKafkaConsumer, n: int) -> float:
    async with database.transaction() as tx:
        await announce(tx, "toy", [Outgoing(ToyHappened(name="k", n=n))])
    committed = time.monotonic()
    record = await asyncio.wait_for(consumer.getone(), 20)
    assert orjson.loads(record.value)["n"] == n
    return time.monotonic() - committed


async def _announce_at_once(database: Database, *events: ToyHappened) -> None:
    async with database.transaction() as tx:
        await announce(tx, "toy", [Outgoing(event) for event in events])


async def test_an_oversize_event_is_refused_before_it_is_stored(ground: Ground) -> None:
    database = Database(ground.dsn, "toy")
    await database.open()
    try:
        small, big = ToyHappened(name="k", n=1), ToyHappened(name="x" * MAX_MESSAGE_BYTES, n=1)
        with pytest.raises(EventTooLarge):
            await _announce_at_once(database, small, big)
    finally:
        await database.close()
    assert await ground.rows("SELECT * FROM outbox") == []


async def test_the_largest_event_that_is_not_refused_arrives(ground: Ground) -> None:
    """Incompressible, with the longest envelope: what `announce` takes, the broker takes."""
    async with relaying(ground) as database:
        async with database.transaction() as tx:
            await announce(tx, "toy", [Outgoing(ToyHappened(name="k", n=1))])
            await tx.execute(
                "INSERT INTO outbox (shard, topic, key, headers, payload) VALUES (0, 'toy.out', 'k', $1, $2)",
                orjson.dumps([("ce_id", "x" * 3_000)]),
                os.urandom(MAX_MESSAGE_BYTES - 4_096),
            )
            await announce(tx, "toy", [Outgoing(ToyHappened(name="k", n=2))])
        await ground.drained()
    assert sum((await ground.ends("toy.out")).values()) == 3


async def test_a_topic_that_is_away_holds_nothing_up_for_ever(ground: Ground) -> None:
    """Deleted and made again while events wait: they arrive then."""
    async with relaying(ground) as database:
        await asyncio.to_thread(ground.make_topics, "toy.out")
        async with database.transaction() as tx:
            await announce(tx, "toy", [Outgoing(ToyHappened(name="k", n=n)) for n in range(10)])
        await ground.drained()
    assert [n for _, (_, n) in await ground.announced()] == list(range(10))


async def test_an_idle_relay_keeps_no_transaction_open(ground: Ground) -> None:
    async with relaying(ground) as database:
        async with database.transaction() as tx:
            await announce(tx, "toy", [Outgoing(ToyHappened(name="k", n=1))])
        await ground.drained()

        async def idle() -> bool:
            return not await ground.rows(
                "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() "
                "AND pid <> pg_backend_pid() AND state LIKE 'idle in transaction%'"
            )

        await eventually(idle, deadline_s=5, what="no open transaction")
