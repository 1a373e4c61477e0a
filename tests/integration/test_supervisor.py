"""The supervisor on real processes: ready, killed, started again, stopped, and never left behind."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from deploy.local.ports import free_ports
from deploy.local.process import ServerError, alive, wait_until
from deploy.local.supervisor import Supervisor, answers_ok

SERVER = """
import sys
from http.server import BaseHTTPRequestHandler, HTTPServer
class Ready(BaseHTTPRequestHandler):
    def log_message(self, *_): ...
    def do_GET(self):
        self.send_response(200 if self.path == "/readyz" else 404)
        self.end_headers()
print("listening", flush=True)
HTTPServer(("127.0.0.1", int(sys.argv[1])), Ready).serve_forever()
"""
STUBBORN = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(600)
"""
SLEEPER = "import time; time.sleep(600)"
PARENT = """
import subprocess, sys, time
print(subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"]).pid, flush=True)
time.sleep(600)
"""
OUTER = """
import json, os, pathlib, signal, sys
from deploy.local.supervisor import Supervisor
from tests.integration.test_supervisor import SLEEPER, Toy
supervisor = Supervisor([Toy("sleeper", (sys.executable, "-c", SLEEPER))], pathlib.Path(sys.argv[1]))
supervisor.start()
print(json.dumps(supervisor.pids()), flush=True)
signal.pause()
"""


@dataclass(frozen=True)
class Toy:
    """A program to supervise, with the tests' own environment."""

    name: str
    argv: tuple[str, ...]
    ready_url: str | None = None

    @property
    def env(self) -> dict[str, str]:
        return dict(os.environ)


def server(name: str) -> Toy:
    """An HTTP server that is ready as soon as it listens."""
    (port,) = free_ports(1)
    return Toy(name, (sys.executable, "-c", SERVER, str(port)), f"http://127.0.0.1:{port}/readyz")


@pytest.fixture
def events() -> list[tuple[str, str]]:
    return []


@pytest.fixture
def two(tmp_path: Path, events: list[tuple[str, str]]) -> Iterator[Supervisor]:
    with Supervisor(
        [server("one"), server("two")], tmp_path, on_event=lambda *event: events.append(event)
    ) as supervisor:
        supervisor.start()
        supervisor.wait_ready(20)
        yield supervisor


def test_programs_get_ready_and_log_to_their_own_file(two: Supervisor) -> None:
    assert set(two.pids()) == {"one", "two"}
    assert two.log("one").read_text() == "listening\n"
    assert two.log("one") != two.log("two")


def test_a_killed_program_is_started_again(two: Supervisor, events: list[tuple[str, str]]) -> None:
    before = two.pids()
    os.kill(before["one"], signal.SIGKILL)
    assert wait_until(lambda: two.pids().get("one", before["one"]) != before["one"], 10)
    two.wait_ready(20)
    assert two.pids()["two"] == before["two"]
    assert two.deaths() == {"one": 1, "two": 0}
    assert [what for name, what in events if name == "one"] == ["started", "died with status -9", "started"]


def test_a_stopped_program_stays_down_until_it_is_started(two: Supervisor) -> None:
    pid = two.pids()["one"]
    two.stop("one")
    assert not psutil.pid_exists(pid)
    assert set(two.pids()) == {"two"}
    assert two.deaths()["one"] == 0
    two.start("one")
    two.wait_ready(20, "one")
    assert set(two.pids()) == {"one", "two"}


def test_a_frozen_program_can_be_stopped(two: Supervisor) -> None:
    pid = two.pids()["one"]
    os.kill(pid, signal.SIGSTOP)
    two.stop("one")
    assert not psutil.pid_exists(pid)


def test_a_program_that_ignores_the_request_is_killed(tmp_path: Path) -> None:
    with Supervisor([Toy("deaf", (sys.executable, "-c", STUBBORN))], tmp_path, stop_s=0.2) as supervisor:
        supervisor.start()
        pid = supervisor.pids()["deaf"]
        assert wait_until(lambda: supervisor.log("deaf").read_text() == "deaf\n", 20)
    assert not psutil.pid_exists(pid)
    with pytest.raises(ServerError, match="closed"):
        supervisor.start()


def test_what_a_program_started_goes_with_it(tmp_path: Path) -> None:
    with Supervisor([Toy("parent", (sys.executable, "-c", PARENT))], tmp_path, stop_s=5) as supervisor:
        supervisor.start()
        assert wait_until(lambda: supervisor.log("parent").read_text().endswith("\n"), 20)
        grandchild = psutil.Process(int(supervisor.log("parent").read_text()))
    assert wait_until(lambda: not alive(grandchild), 10)


def test_a_program_that_cannot_live_is_reported_with_its_log(tmp_path: Path) -> None:
    broken = Toy("broken", (sys.executable, "-c", "raise SystemExit('no topic')"), "http://127.0.0.1:9/")
    with Supervisor([broken], tmp_path) as supervisor:
        supervisor.start()
        with pytest.raises(ServerError, match=r"broken does not get ready\n(.*\n)*no topic"):
            supervisor.wait_ready(30)
        assert supervisor.deaths()["broken"] >= 3


def test_programs_die_with_a_killed_supervisor(tmp_path: Path) -> None:
    outer = subprocess.Popen([sys.executable, "-c", OUTER, str(tmp_path)], stdout=subprocess.PIPE)
    assert outer.stdout is not None
    child = psutil.Process(json.loads(outer.stdout.readline())["sleeper"])
    # Only once it is the program itself has the kernel been told to end it with its parent.
    assert wait_until(lambda: "setpriv" not in child.cmdline()[0], 30)
    outer.kill()
    outer.wait()
    outer.stdout.close()
    assert wait_until(lambda: not alive(child), 10)


def test_a_url_that_nobody_serves_is_not_ready() -> None:
    (port,) = free_ports(1)
    assert not answers_ok(f"http://127.0.0.1:{port}/readyz")
