"""Faults 26 and 27: input that is made to be costly costs next to nothing, by HTTP and by Kafka."""

import asyncio
import gzip
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import MessageSizeTooLargeError

from services.intake.domain.record import MAX_BODY
from tests.faults.town import Town
from tests.integration.intake.support import fresh_id, headers, send

pytestmark = pytest.mark.faults

ROUNDS = 20
COSTLY = {
    "10,000 deep": b'{"text": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "40,000 objects deep": b'{"text": ' + b'{"a":' * 40_000 + b"1" + b"}" * 40_000 + b"}",
    "1e400": b'{"text": "a", "coordinates": {"latitude": 1e400, "longitude": 0}}',
    "NaN": b'{"text": "a", "coordinates": {"latitude": NaN, "longitude": 0}}',
    "the same key twice": b'{"text": "a", "text": "b"}',
    "20,000 keys, the last one twice": b'{"text": "a"'
    + b"".join(b',"k%d":1' % n for n in range(20_000))
    + b', "k0": 2}',
    "a number of 200,000 digits": b'{"text": "a", "people": ' + b"9" * 200_000 + b"}",
    "100,000 numbers": b'{"text": [' + b"1e9," * 50_000 + b"1]}",
    "200,000 combining marks": b'{"text": "a' + "\u0301".encode() * 100_000 + b'"}',
    "200,000 digits to look through": b'{"text": "' + b"0 9 " * 50_000 + b'"}',
}


async def test_26_costly_json_is_refused_cheaply(town: Town) -> None:
    """Each body twenty times through both doors: every one refused, in milliseconds of CPU apiece."""
    await town.quiet()
    letters, cpu, rss = await town.letters("intake"), town.cpu_s("intake"), town.rss_mb("intake")
    url = town.running.url("intake")
    async with httpx2.AsyncClient(base_url=url, timeout=60) as client:
        for name, content in COSTLY.items():
            for _ in range(ROUNDS):
                assert (await _post(client, content=content)).status_code == 422, name
    bodies = [content for content in COSTLY.values() for _ in range(ROUNDS)]
    await send(town.installation, [(content, headers(fresh_id(), content)) for content in bodies])
    ids = await town.report(20)
    await town.settled(ids)
    spent = town.cpu_s("intake") - cpu
    await town.sound()
    assert await town.letters("intake") == letters + len(bodies)
    assert spent / (2 * len(bodies)) < 0.05, spent
    assert town.rss_mb("intake") - rss < 100


async def test_27_oversize_bodies_and_bombs(town: Town) -> None:
    """Over HTTP 413 or 415 with bounded memory, however it is sent; a large record is dead or never in."""
    await town.quiet()
    letters, rss = await town.letters("intake"), town.rss_mb("intake")
    bomb = gzip.compress(b'{"text": "' + b"a" * 200_000_000 + b'"}')
    url = town.running.url("intake")
    async with httpx2.AsyncClient(base_url=url, timeout=60) as client:
        for _ in range(5):
            assert (await _post(client, content=b" " * 20_000_000)).status_code == 413
            packed = await _post(client, content=bomb, encoding="gzip")
            assert packed.status_code == 415
        for answer in await asyncio.gather(*(_endless(client) for _ in range(10))):
            assert answer in (413, 0)
    assert town.rss_mb("intake") - rss < 100
    big = b'{"text": "' + b"a" * MAX_BODY + b'"}'
    await send(town.installation, [(big, headers(fresh_id(), big))] * 20)
    with pytest.raises(MessageSizeTooLargeError):
        await _too_large_for_kafka(town)
    ids = await town.report(20)
    await town.settled(ids)
    await town.sound()
    assert await town.letters("intake") == letters + 20
    assert town.rss_mb("intake") - rss < 100


async def _post(client: httpx2.AsyncClient, *, content: Any, encoding: str = "identity") -> httpx2.Response:
    told = {
        "Content-Type": "application/json",
        "Content-Encoding": encoding,
        "Idempotency-Key": str(uuid4()),
    }
    return await client.post("/v1/reports", content=content, headers=told)


async def _endless(client: httpx2.AsyncClient) -> int:
    """A body of 200 MB in pieces, without a length; the status, or 0 if the connection was cut."""

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(3_000):
            yield b" " * 65_536

    try:
        return (await _post(client, content=pieces())).status_code
    except httpx2.TransportError:
        return 0


async def _too_large_for_kafka(town: Town) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=town.installation.bootstrap, acks="all", max_request_size=10_000_000
    )
    await producer.start()
    try:
        await producer.send_and_wait("reports.submitted", b"x" * 2_000_000)
    finally:
        await producer.stop()
