"""`/readyz` of each service names what is missing: map, PostgreSQL, Kafka; `/livez` goes on saying yes."""

import asyncio
from collections.abc import Mapping

import httpx2
import pytest

from deploy.local.installation import Installation
from services.routing.use_cases.load_map import load_map
from shared.database import Database
from tests.infra import EmbeddedInfra
from tests.integration.observe.ground import SERVICES
from tests.support import Running, eventually

Said = Mapping[str, tuple[int, frozenset[str]]]
"""What each service says: the status, and what is missing."""


async def ask(running: Running) -> Said:
    """Ask all four at once."""
    async with httpx2.AsyncClient(timeout=5) as client:

        async def one(service: str) -> tuple[int, frozenset[str]]:
            try:
                assert (await client.get(f"{running.url(service)}/livez")).status_code == 200
                answer = await client.get(f"{running.url(service)}/readyz")
            except httpx2.ConnectError:
                return 0, frozenset()
            assert answer.json()["ready"] == (answer.status_code == 200)
            return answer.status_code, frozenset(answer.json()["problems"])

        return dict(zip(SERVICES, await asyncio.gather(*map(one, SERVICES)), strict=True))


async def all_lack(running: Running, *missing: str, deadline_s: float) -> None:
    """Wait until every service says 503 and names at least these."""

    async def look() -> bool:
        said = await ask(running)
        return all(status == 503 and set(missing) <= problems for status, problems in said.values())

    await eventually(look, deadline_s=deadline_s, every_s=0.2, what=f"all four to lack {missing}")


async def only_the_map(running: Running) -> None:
    async def look() -> bool:
        return set((await ask(running)).values()) == {(503, frozenset({"map"}))}

    await eventually(look, deadline_s=120, every_s=0.2, what="all four to lack the map alone")


@pytest.mark.slow
@pytest.mark.faults
async def test_readiness_follows_the_map_the_database_and_the_broker(
    installation: Installation, running: Running, embedded: EmbeddedInfra
) -> None:
    running.start_all(SERVICES)
    await only_the_map(running)

    database = Database(installation.dsn("routing"), "routing")
    await database.open()
    await load_map(database)
    await database.close()
    await running.ready(*SERVICES, deadline_s=120)

    embedded.postgres.kill()
    await all_lack(running, "postgres", deadline_s=15)
    embedded.heal()
    await running.ready(*SERVICES, deadline_s=120)

    embedded.kafka.kill()
    await all_lack(running, "kafka", deadline_s=15)
    embedded.heal()
    await running.ready(*SERVICES, deadline_s=120)
