"""The command line against an installation of the tests."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.cli.app import app
from deploy.local.installation import Installation
from tests.e2e.world import World
from tests.support import Running


@dataclass(frozen=True, slots=True)
class Said:
    """What a command printed and its exit status."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Awaitable[Said]]


@pytest.fixture(scope="module")
def world(installation: Installation) -> Iterator[World]:
    """The module's installation with the four services running; a test may stop one at its end."""
    running = Running(installation)
    made = World(installation, running)
    try:
        asyncio.run(_start(made))
        yield made
    finally:
        running.stop_all()


async def _start(world: World) -> None:
    await world.prepare()
    world.running.start_all()
    await world.running.ready("intake", "routing", "aggregation", "notify", deadline_s=180)


@pytest.fixture
def langnghe(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> Command:
    """Run `langnghe ARGUMENTS` on the module's installation; `status` is what it must exit with."""
    (installation.folder / "stack.json").write_text(
        json.dumps(
            {
                "bootstrap": installation.bootstrap,
                "admin_dsn": installation.admin_dsn,
                "kafka_pid": None,
                "postgres_pid": None,
            }
        )
    )
    monkeypatch.setenv("LANGNGHE_DATA", str(installation.folder))

    async def command(*arguments: object, status: int = 0) -> Said:
        result = await asyncio.to_thread(CliRunner().invoke, app, [str(a) for a in arguments])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == status, f"{arguments}: {result.exit_code}\n{result.output}"
        return Said(result.exit_code, result.stdout, result.stderr)

    return command
