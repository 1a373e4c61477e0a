"""The relay: outbox -> Kafka, at least once, in order per key.

One relay at a time: it holds `pg_advisory_xact_lock` in the very transaction that deletes what Kafka has
acknowledged, so a second one waits, and a death between the two repeats records but loses none.
"""

import asyncio
import contextlib
import time
from collections.abc import Iterable, Sequence
from typing import Any

import asyncpg
import orjson
import structlog
from aiokafka import AIOKafkaProducer

from shared import failpoints
from shared.database import Connection, Database
from shared.messaging.partitions import partitions_of
from shared.outbox import SHARD, EventTooLarge, channel_of
from shared.telemetry.metrics import OUTBOX, RELAY_FAILURES, RELAY_SECONDS, RELAYED

log = structlog.get_logger()

_TAKE = """
SELECT id, topic, key, headers, payload FROM outbox WHERE shard = $1 ORDER BY id LIMIT $2
"""
_LOCK_NAMESPACE = 0x4C4E  # "LN"
_STOP_S = 5.0
_SEND_S = 15.0  # below idle_in_transaction_session_timeout


class Relay:
    """Drains a service's outbox. `run` never returns until cancelled."""

    def __init__(self, database: Database, service: str, bootstrap: str, *, take: int = 1_000) -> None:
        self._database = database
        self._service = service
        self._bootstrap = bootstrap
        self._take = take
        self._wake = asyncio.Event()
        self._producer: AIOKafkaProducer | None = None
        self._relayed = RELAYED.labels(service)
        self._failures = RELAY_FAILURES.labels(service)
        self._seconds = RELAY_SECONDS.labels(service)
        self._waiting = OUTBOX.labels(service)

    async def run(self) -> None:
        """Drain, wait for NOTIFY (or a second), drain again; on any failure begin with a new producer."""
        try:
            while True:
                try:
                    async with self._database.connection() as connection:
                        await self._drain_while_connected(connection)
                except Exception as error:
                    self._failures.inc()
                    log.warning("relay.failed", error=type(error).__name__)
                    await self._drop_producer()
                    await asyncio.sleep(0.5)
        finally:
            await self._drop_producer()

    async def _drain_while_connected(self, connection: Connection) -> None:
        await connection.add_listener(channel_of(self._service), self._on_notify)
        try:
            while True:
                self._wake.clear()
                if await self.drain(connection) == self._take:
                    continue
                self._waiting.set(0)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), 1)
        finally:
            if not connection.is_closed():
                await connection.remove_listener(channel_of(self._service), self._on_notify)

    def _on_notify(self, *_: Any) -> None:
        self._wake.set()

    async def drain(self, connection: Connection) -> int:
        """One round: produce up to `take` rows, delete those that Kafka acknowledged; returns how many.

        Raises after deleting the acknowledged prefix if any record failed.
        """
        producer = await self._ready_producer()
        began = time.perf_counter()
        async with connection.transaction():
            await connection.execute(
                "SELECT pg_advisory_xact_lock(hashtext(current_schema()), $1)", _LOCK_NAMESPACE + SHARD
            )
            rows = await connection.fetch(_TAKE, SHARD, self._take)
            if not rows:
                return 0
            sent, failure = await self._send(producer, rows)
            failpoints.hit(f"{self._service}.relay.after_produce")
            await connection.execute("DELETE FROM outbox WHERE id = ANY ($1::bigint[])", sent)
        failpoints.hit(f"{self._service}.relay.after_delete")
        self._seconds.observe(time.perf_counter() - began)
        self._relayed.inc(len(sent))
        if failure is not None:
            raise failure
        return len(rows)

    async def _send(
        self, producer: AIOKafkaProducer, rows: Sequence[asyncpg.Record]
    ) -> tuple[list[int], BaseException | None]:
        by_partition: dict[tuple[str, int], list[asyncpg.Record]] = {}
        for topic in {row["topic"] for row in rows}:
            part = [row for row in rows if row["topic"] == topic]
            partitions = len(await producer.partitions_for(topic))
            for row, partition in zip(
                part, partitions_of([row["key"] for row in part], partitions), strict=True
            ):
                by_partition.setdefault((topic, partition), []).append(row)
        results = await asyncio.gather(
            *(self._send_in_order(producer, *where, part) for where, part in by_partition.items())
        )
        sent = [id_ for ids, _ in results for id_ in ids]
        return sent, next((failure for _, failure in results if failure is not None), None)

    async def _send_in_order(
        self, producer: AIOKafkaProducer, topic: str, partition: int, rows: Sequence[asyncpg.Record]
    ) -> tuple[list[int], BaseException | None]:
        """Batch after batch to one partition, each acknowledged before the next, until one fails."""
        sent: list[int] = []
        remaining = list(rows)
        while remaining:
            batch = producer.create_batch()
            taken = 0
            for row in remaining:
                headers = _headers(row["headers"])
                if (
                    batch.append(key=row["key"], value=row["payload"], timestamp=None, headers=headers)
                    is None
                ):
                    break
                taken += 1
            if not taken:
                return sent, EventTooLarge(topic)
            batch.close()
            try:
                future = await producer.send_batch(batch, topic, partition=partition)
                await asyncio.wait_for(future, _SEND_S)
            except Exception as error:
                return sent, error
            sent += [row["id"] for row in remaining[:taken]]
            remaining = remaining[taken:]
        return sent, None

    async def _ready_producer(self) -> AIOKafkaProducer:
        if self._producer is None:
            producer = AIOKafkaProducer(
                bootstrap_servers=self._bootstrap,
                client_id=f"langnghe-{self._service}-relay",
                acks="all",
                enable_idempotence=True,
                linger_ms=0,
                max_batch_size=262_144,
                max_request_size=1_048_576,
                compression_type="lz4",
                request_timeout_ms=20_000,
            )
            try:
                await asyncio.wait_for(producer.start(), 20)
            except BaseException:
                await _stop(producer)
                raise
            self._producer = producer
        return self._producer

    async def _drop_producer(self) -> None:
        producer, self._producer = self._producer, None
        if producer is not None:
            await _stop(producer)


async def _stop(producer: AIOKafkaProducer) -> None:
    """Bounded: after a broker's death `stop` can hang, flushing what will be sent again anyway."""
    try:
        await asyncio.wait_for(producer.stop(), _STOP_S)
    except Exception as error:
        log.warning("relay.producer_stop", error=type(error).__name__)


def _headers(encoded: bytes) -> list[tuple[str, bytes]]:
    pairs: Iterable[tuple[str, str]] = orjson.loads(encoded)
    return [(name, value.encode()) for name, value in pairs]
