"""A running routing with the whole map and rules of its own, shared by a module's tests."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx2
import pytest

import services.routing.rules as delivered
from deploy.local.installation import Installation
from services.routing.use_cases.load_map import load_map
from services.routing.use_cases.verify import verify_all
from shared.database import Database
from tests.integration.routing.support import CHANGED_BY_HAND, reading
from tests.support import Running


@pytest.fixture(scope="module")
def rules(installation: Installation) -> Path:
    """A copy of the delivered rules that a test may change."""
    folder = installation.folder / "rules"
    folder.mkdir()
    for file in Path(delivered.__file__).parent.glob("*.toml"):
        shutil.copy(file, folder)
    return folder


@pytest.fixture
async def database(installation: Installation) -> AsyncIterator[Database]:
    """Routing's own role, beside the process."""
    made = Database(installation.dsn("routing"), "routing")
    await made.open()
    yield made
    await made.close()


@pytest.fixture(scope="module")
def mapped(installation: Installation) -> Installation:
    """The installation with the committed map."""

    async def load() -> None:
        database = Database(installation.dsn("routing"), "routing")
        await database.open()
        await load_map(database)
        await database.close()

    asyncio.run(load())
    return installation


@pytest.fixture(scope="module")
def service(mapped: Installation, rules: Path) -> Iterator[Running]:
    """Routing's process."""
    processes = Running(mapped)
    # Tests of single cases tell the same of each: here none of them becomes another's.
    alone = {"LANGNGHE_ROUTING_LINK_EVERY_S": "0"}
    processes.start("routing", env={"LANGNGHE_ROUTING_RULES": str(rules), **alone})
    asyncio.run(processes.ready("routing"))
    yield processes
    processes.stop_all()
    asyncio.run(unaltered(mapped))


async def unaltered(installation: Installation) -> None:
    """Whatever a module's tests did, every decision is as it was sealed."""
    async with reading(installation) as connection:
        verdict = await verify_all(connection)
    found = [one for one in verdict.breaks if one.case_id not in CHANGED_BY_HAND]
    assert not found, found


@pytest.fixture
async def routing(service: Running) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the module's routing."""
    async with httpx2.AsyncClient(base_url=service.url("routing"), timeout=30) as client:
        yield client


@pytest.fixture
async def second(installation: Installation) -> AsyncIterator[Database]:
    """Another process's connections."""
    made = Database(installation.dsn("routing"), "routing")
    await made.open()
    yield made
    await made.close()
