"""Putting records into a topic: as fast as it goes, or at a rate."""

import asyncio
import time
from collections.abc import Iterable

from aiokafka import AIOKafkaProducer

from deploy.cli.bench.samples import Record

_CHUNK = 2_000


def producer(bootstrap: str) -> AIOKafkaProducer:
    """A producer as an upstream that wants nothing lost sets it up."""
    return AIOKafkaProducer(
        bootstrap_servers=bootstrap,
        acks="all",
        enable_idempotence=True,
        compression_type="lz4",
        linger_ms=20,
        max_batch_size=262_144,
    )


async def fill(bootstrap: str, topic: str, records: Iterable[Record]) -> int:
    """Put all of them into the topic; returns how many, once each is acknowledged."""
    sent, pending = 0, []
    async with producer(bootstrap) as kafka:
        for key, value, headers in records:
            pending.append(await kafka.send(topic, value, key=key, headers=headers))
            if len(pending) == _CHUNK:
                sent += len(await asyncio.gather(*pending))
                pending.clear()
        sent += len(await asyncio.gather(*pending))
    return sent


async def trickle(bootstrap: str, topic: str, records: Iterable[Record], rate_per_s: float) -> int:
    """The same, each at its scheduled instant; returns how many."""
    pending: list[asyncio.Future[object]] = []
    began = time.monotonic()
    async with producer(bootstrap) as kafka:
        for number, (key, value, headers) in enumerate(records):
            wait = began + number / rate_per_s - time.monotonic()
            if wait > 0.01:
                await asyncio.sleep(wait)
            pending.append(await kafka.send(topic, value, key=key, headers=headers))
            if len(pending) >= _CHUNK:
                await asyncio.gather(*pending)
                pending.clear()
        await asyncio.gather(*pending)
    return number + 1
