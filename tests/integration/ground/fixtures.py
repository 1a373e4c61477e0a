"""The fixture `ground`: a toy installation, made anew for each test, of which nothing is left behind."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.infra import Infra
from tests.integration.ground.ground import Ground


@pytest.fixture
async def ground(infra: Infra, tmp_path: Path) -> AsyncIterator[Ground]:
    made = Ground(infra, tmp_path)
    await made.make_tables()
    yield made
    made.stop_all()
