"""A minute of everything: services and servers are killed at random while reports come in by both doors."""

import asyncio
import contextlib
import os
import random
import time

import pytest
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError

from shared.migrations import SERVICES
from tests.faults.crowd import crowding
from tests.faults.test_10_12_servers import again
from tests.faults.town import CONTACT, TEXT, Town
from tests.infra import EmbeddedInfra
from tests.integration.intake.support import body, fresh_id, headers

pytestmark = [pytest.mark.faults, pytest.mark.slow, pytest.mark.timeout(1200)]

SEED = int(os.environ.get("LANGNGHE_SOAK_SEED", "20261123"))
SECONDS = 60
MOST = 5_000


@pytest.mark.parametrize("seed", [SEED, SEED + 1])
async def test_soak(town: Town, servers: EmbeddedInfra, seed: int) -> None:
    """Every few seconds somebody dies by SIGKILL and is started again; then all heals, and all holds."""
    dice = random.Random(seed)
    ids: list[str] = []
    until = time.monotonic() + SECONDS
    async with crowding(town, residents=3, pause_s=0.2) as crowd:
        pouring = asyncio.create_task(_pour(town, ids, until))
        while time.monotonic() < until:
            await asyncio.sleep(dice.uniform(1, 4))
            victim = dice.choice([*SERVICES, *SERVICES, "kafka", "postgres"])
            print(f"soak {seed}: {victim} dies")
            if victim == "kafka":
                servers.kafka.kill()
                await again(servers.kafka)
            elif victim == "postgres":
                servers.postgres.kill()
                await again(servers.postgres)
            else:
                _once_more(town, victim)
        await pouring
        await town.whole()
    await town.sound()
    await town.taken(ids)
    await crowd.kept()
    print(f"soak {seed}: {len(ids)} by Kafka, {len(crowd.answers)} by HTTP, {crowd.refused} times 503")


def _once_more(town: Town, service: str) -> None:
    if town.running.processes[service].poll() is None:
        town.running.kill(service)
    town.start(service)


async def _pour(town: Town, ids: list[str], until: float) -> None:
    """Some signed records every half second; what Kafka did not confirm is sent again under the same ids."""
    while time.monotonic() < until and len(ids) < MOST:
        batch = [fresh_id() for _ in range(20)]
        while not await _sent(town, batch):
            await asyncio.sleep(0.5)
        ids += batch
        await asyncio.sleep(0.5)


async def _sent(town: Town, ids: list[str]) -> bool:
    """Whether Kafka has confirmed a record of each; the same id has the same body, whenever it is sent."""
    producer = AIOKafkaProducer(
        bootstrap_servers=town.installation.bootstrap, acks="all", request_timeout_ms=10_000
    )
    try:
        await producer.start()
        payloads = {id_: body(TEXT.format(n=id_), **CONTACT) for id_ in ids}
        confirmed = [
            await producer.send("reports.submitted", payload, key=id_.encode(), headers=headers(id_, payload))
            for id_, payload in payloads.items()
        ]
        await asyncio.gather(*confirmed)
    except KafkaError:
        return False
    finally:
        with contextlib.suppress(KafkaError, TimeoutError):
            await asyncio.wait_for(producer.stop(), 15)
    return True
