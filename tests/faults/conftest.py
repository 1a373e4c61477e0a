"""One town for all faults: it is made once, healed after each test, and thrown away if not proved sound."""

import asyncio
from collections.abc import AsyncIterator, Iterator

import pytest

from tests.conftest import new_installation
from tests.faults.town import Town
from tests.infra import EmbeddedInfra, Infra


class Holder:
    """The town of the moment."""

    def __init__(self, infra: Infra, folders: pytest.TempPathFactory) -> None:
        self._infra, self._folders = infra, folders
        self._town: Town | None = None

    async def get(self) -> Town:
        if self._town is None:
            folder = self._folders.mktemp("town")
            self._town = Town(await asyncio.to_thread(new_installation, self._infra, folder))
            await self._town.open()
        return self._town

    def drop(self) -> None:
        if self._town is not None:
            self._town.running.stop_all()
        self._town = None


@pytest.fixture(scope="package")
def holder(infra: Infra, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Holder]:
    made = Holder(infra, tmp_path_factory)
    yield made
    made.drop()


@pytest.fixture
async def town(holder: Holder) -> AsyncIterator[Town]:
    """All four services, whole and quiet. The test must end with `sound()`."""
    made = await holder.get()
    made.proved = False
    yield made
    if not made.proved:
        holder.drop()


@pytest.fixture
def servers(embedded: EmbeddedInfra) -> EmbeddedInfra:
    """The servers under the town, to kill; whole again afterwards."""
    return embedded
