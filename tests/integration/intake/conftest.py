"""A running intake with the whole map and one registered source, shared by a module's tests."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import httpx2
import pytest

from deploy.local.installation import Installation
from services.routing.map.seed import changes
from shared.contracts.events import MapChanged
from shared.database import Database
from shared.map_store import store_changes
from tests.integration.intake.support import register
from tests.support import Running


async def load_map(installation: Installation) -> None:
    """The committed map, as if it had been read from `units.events`."""
    database = Database(installation.dsn("intake"), "intake")
    await database.open()
    async with database.transaction() as tx:
        await store_changes(
            tx, [MapChanged.model_validate(change, from_attributes=True) for change in changes()]
        )
    await database.close()


@pytest.fixture(scope="module")
def service(installation: Installation) -> Iterator[Running]:
    """Intake's process; tests that kill it start it again."""
    processes = Running(installation)

    async def start() -> None:
        await load_map(installation)
        await register(installation)
        processes.start("intake")
        await processes.ready("intake")

    asyncio.run(start())
    yield processes
    processes.stop_all()


@pytest.fixture
async def intake(service: Running) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the module's intake."""
    async with httpx2.AsyncClient(base_url=service.url("intake"), timeout=30) as client:
        yield client
