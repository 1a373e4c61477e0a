"""Faults 10 and 12: Kafka and PostgreSQL die, come back, or cut connections while residents report."""

import asyncio

import asyncpg
import httpx2
import pytest

from deploy.local.kafka import Kafka
from deploy.local.postgres import Postgres
from shared.migrations import SERVICES
from tests.faults.crowd import crowding
from tests.faults.town import PATIENCE_S, Town
from tests.infra import EmbeddedInfra
from tests.support import eventually

pytestmark = pytest.mark.faults

CUT = """
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE application_name LIKE 'langnghe-%' AND datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.mark.parametrize("away_s", [8, pytest.param(60, marks=pytest.mark.slow)])
async def test_10_broker_killed_and_away(town: Town, servers: EmbeddedInfra, away_s: float) -> None:
    """The door goes on taking reports, every service says that it is not ready, and nothing is lost."""
    ids = await town.report(60)
    async with crowding(town) as crowd:
        servers.kafka.kill()
        taken_before = len(crowd.answers)
        await asyncio.gather(*(_not_ready(town, service) for service in SERVICES))
        await asyncio.sleep(away_s)
        assert len(crowd.answers) > taken_before
        await again(servers.kafka)
    await town.sound()
    await town.taken(ids)
    await crowd.kept()
    assert crowd.refused == 0


@pytest.mark.parametrize(
    "how", ["killed", *(pytest.param(how, marks=pytest.mark.slow) for how in ("restarted", "away"))]
)
async def test_12_postgres_dies(town: Town, servers: EmbeddedInfra, how: str) -> None:
    """Killed, restarted, or away for longer than a batch has patience: 503 meanwhile, and nobody is lost."""
    async with crowding(town) as crowd:
        ids = await town.report(100)
        await asyncio.sleep(0.5)
        if how == "restarted":
            await asyncio.to_thread(servers.postgres.stop)
        else:
            servers.postgres.kill()
        await asyncio.gather(*(_not_ready(town, service) for service in SERVICES))
        await asyncio.sleep(40 if how == "away" else 0)
        await again(servers.postgres)
    await town.sound()
    await town.taken(ids)
    await crowd.kept()


async def test_10_12_a_power_cut(town: Town, servers: EmbeddedInfra) -> None:
    """Both servers and all services at once; they come back in no order."""
    async with crowding(town) as crowd:
        ids = await town.report(100)
        await asyncio.sleep(0.5)
        for service in SERVICES:
            town.running.kill(service)
        servers.postgres.kill()
        servers.kafka.kill()
        for service in SERVICES:
            town.start(service)
        await again(servers.kafka)
        await again(servers.postgres)
    await town.sound()
    await town.taken(ids)
    await crowd.kept()


async def test_12_connections_cut_under_load(town: Town) -> None:
    """All connections of all services, again and again."""
    admin = await asyncpg.connect(town.installation.admin_dsn)
    cut = 0
    try:
        async with crowding(town) as crowd:
            ids = await town.report(200)
            for _ in range(10):
                cut += await admin.fetchval(CUT)
                await asyncio.sleep(0.3)
    finally:
        await admin.close()
    assert cut > 10
    await town.sound()
    await town.taken(ids)
    await crowd.kept()


async def again(server: Kafka | Postgres) -> None:
    """Start it and wait, without holding up this loop; in this thread, since it dies with its starter's."""
    await asyncio.to_thread(server.prepare)
    server.spawn()
    await asyncio.to_thread(server.wait_ready)


async def _not_ready(town: Town, service: str) -> None:
    async with httpx2.AsyncClient(timeout=10) as client:

        async def look() -> bool:
            return (await client.get(f"{town.running.url(service)}/readyz")).status_code == 503

        await eventually(look, deadline_s=PATIENCE_S, every_s=0.2, what=f"{service} not ready")
