"""Puts events on the topics that aggregation reads, as routing would, and reads what it made of them."""

from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Any

import asyncpg
import httpx2
from aiokafka import AIOKafkaProducer

from deploy.local.installation import Installation
from services.routing.map.seed import changes
from shared.contracts.events import CaseEvent, Event, MapChanged
from shared.messaging.envelope import new_envelope, new_trace
from shared.outbox import encode
from tests.support import Running, eventually

COUNTS_DIFFER = """
SELECT * FROM (
    (SELECT day, unit, category, purpose, state, channel, severity, restricted, count(*) AS n
     FROM counted_cases GROUP BY 1, 2, 3, 4, 5, 6, 7, 8)
    EXCEPT
    (SELECT day, unit, category, purpose, state, channel, severity, restricted, sum(n)
     FROM leaf_counts WHERE n > 0 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8)
) AS d
"""
ROLLUPS_DIFFER = """
WITH leaves AS (
    SELECT a.unit, l.day, l.category, l.purpose, l.state, l.restricted, sum(l.n) AS n
    FROM leaf_counts l JOIN places p ON p.id = l.place CROSS JOIN LATERAL unnest(p.path) AS a(unit)
    GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(l.n) > 0
), parents AS (
    SELECT unit, day, category, purpose, state, restricted, n::bigint FROM rollups WHERE n > 0
)
(SELECT * FROM leaves EXCEPT SELECT * FROM parents)
UNION ALL (SELECT * FROM parents EXCEPT SELECT * FROM leaves)
"""


async def publish(bootstrap: str, events: Iterable[Event]) -> int:
    """Send in the order given; returns how many."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await producer.start()
    try:
        sent = 0
        for event in events:
            envelope = new_envelope(
                "langnghe.routing", event.ce_type(), causation=None, traceparent=new_trace()
            )
            key, headers = event.key.encode(), envelope.headers()
            partition = 0 if event.topic == "units.events" else None
            await producer.send(event.topic, encode(event), key=key, headers=headers, partition=partition)
            sent += 1
        await producer.flush()
        return sent
    finally:
        await producer.stop()


def map_events() -> list[MapChanged]:
    """The committed map, as `langnghe units load` announces it."""
    return [MapChanged.model_validate(asdict(change)) for change in changes()]


class Counts:
    """Reads the service's schema by the role that cannot write."""

    def __init__(self, installation: Installation) -> None:
        self._dsn = installation.dsn("reader")

    async def rows(self, sql: str, *args: Any) -> list[tuple[Any, ...]]:
        connection = await asyncpg.connect(self._dsn, server_settings={"search_path": "aggregation"})
        try:
            return [tuple(row) for row in await connection.fetch(sql, *args)]
        finally:
            await connection.close()

    async def value(self, sql: str, *args: Any) -> Any:
        return (await self.rows(sql, *args))[0][0]

    async def consumed(self, topic: str, count: int) -> None:
        """Wait until so many records of a topic are settled."""

        async def look() -> bool:
            sql = "SELECT coalesce(sum(consumed), 0) FROM positions WHERE topic = $1"
            return bool(await self.value(sql, topic) >= count)

        await eventually(look, what=f"{count} records of {topic} settled")

    async def rolled_up(self) -> None:
        """Wait until no mark is left."""

        async def look() -> bool:
            return await self.value("SELECT count(*) FROM dirty") == 0

        await eventually(look, what="every roll-up taken in")


@asynccontextmanager
async def answering(
    installation: Installation, changes: Sequence[MapChanged], cases: Sequence[CaseEvent]
) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the service once it has counted these cases on this map."""
    running = Running(installation)
    try:
        running.start("aggregation")
        await publish(installation.bootstrap, changes)
        sent = await publish(installation.bootstrap, cases)
        await running.ready("aggregation")
        counts = Counts(installation)
        await counts.consumed("cases.events", sent)
        await counts.rolled_up()
        async with httpx2.AsyncClient(base_url=running.url("aggregation"), timeout=20) as session:
            yield session
    finally:
        running.stop_all()
