"""`langnghe up | status | down` as a person uses them: processes of their own, in a folder of their own."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from deploy.local.process import wait_until
from shared.migrations import SERVICES

LANGNGHE = str(Path(sys.executable).with_name("langnghe"))


class Home:
    """A data folder, and the command line told of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *arguments: str, status: int = 0) -> str:
        done = self.ask(*arguments)
        assert done.returncode == status, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def ask(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [LANGNGHE, *arguments],
            env={**os.environ, "LANGNGHE_DATA": str(self.folder)},
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )

    def well(self) -> bool:
        return bool(json.loads(self.ask("status", "--json").stdout)["well"])

    def pids(self, service: str) -> list[int]:
        wanted = f"services.{service}.main"
        return [p.pid for p in self.processes() if wanted in _command(p)]

    def processes(self) -> list[psutil.Process]:
        """Everything that lives and knows of the folder, by its command line or its environment."""
        return [p for p in psutil.process_iter() if p.pid != os.getpid() and _knows(p, str(self.folder))]


def _command(process: psutil.Process) -> list[str]:
    """Nothing for one that ends while it is looked at."""
    try:
        return process.cmdline()
    except psutil.NoSuchProcess:
        return []


def _knows(process: psutil.Process, folder: str) -> bool:
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        return folder in " ".join(process.cmdline()) or process.environ().get("LANGNGHE_DATA") == folder
    except psutil.Error:
        return False


@pytest.fixture
def home() -> Iterator[Home]:
    folder = Path(tempfile.mkdtemp(prefix="langnghe-home-"))
    folder.chmod(0o755)
    made = Home(folder)
    yield made
    made.run("down")
    shutil.rmtree(folder)


@pytest.mark.slow
def test_up_survives_a_death_and_down_leaves_nothing(home: Home) -> None:
    assert "nothing was ever started" in home.run("status", status=1)
    assert "nothing runs" in home.run("lag", status=1)

    said = home.run("up")
    assert said.index("Kafka") < said.index("the map") < said.index("intake is ready")
    standing = json.loads(home.run("status", "--json"))
    assert standing["well"] is True
    assert set(standing["services"]) == set(SERVICES)
    for service in SERVICES:
        assert (home.folder / "logs" / f"{service}.log").stat().st_size

    (before,) = home.pids("intake")
    os.kill(before, signal.SIGKILL)
    assert wait_until(lambda: home.pids("intake") not in ([], [before]), 30)
    assert wait_until(home.well, 60)
    again = json.loads(home.run("status", "--json"))["services"]["intake"]["kept"]
    assert again["deaths"] == 1
    assert "died 1 times" in home.run("status")

    assert "is ready" in home.run("up"), "up again starts nothing twice"
    assert len(home.pids("intake")) == 1
    home.run("check")

    home.run("down")
    assert home.processes() == []
    assert "does not run" in home.run("status", status=1)
    home.run("down")


@pytest.mark.slow
def test_a_keeper_that_is_killed_takes_its_services_along_and_up_mends_it(home: Home) -> None:
    home.run("up")
    keeper = json.loads(home.run("status", "--json"))["keeper_pid"]
    os.kill(keeper, signal.SIGKILL)
    assert wait_until(lambda: not any(home.pids(service) for service in SERVICES), 30)
    assert "nothing keeps the services running" in home.run("status", status=1)
    home.run("up")
    assert json.loads(home.run("status", "--json"))["well"] is True
    home.run("down")
    assert home.processes() == []
