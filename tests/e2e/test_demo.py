"""`langnghe demo` as a user runs it: the summary adds up, every invariant holds, nothing is left behind."""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
import pytest

from deploy.local.process import wait_until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

LANGNGHE = Path(sys.executable).parent / "langnghe"
STAGES = ("accepted", "routed", "counted", "notified")
MARK = "LANGNGHE_TEST_MARK"


class Demo:
    """The command in a folder of its own; whatever it starts inherits a mark by which it is found."""

    def __init__(self, folder: Path) -> None:
        self.mark = uuid4().hex
        self.data, self.output, self.summary = folder / "data", folder / "output", folder / "summary.json"
        self._environment = {**os.environ, MARK: self.mark}

    def start(self, *options: str) -> "subprocess.Popen[bytes]":
        command = (LANGNGHE, "demo", "--data", self.data, "--json", self.summary, *options)
        with self.output.open("wb") as out:
            return subprocess.Popen(command, stdout=out, stderr=out, env=self._environment)

    def said(self) -> str:
        return self.output.read_text(errors="replace")

    def alive(self) -> list[str]:
        """Names of all processes that came from the command."""
        found = []
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get(MARK) == self.mark and process.status() != psutil.STATUS_ZOMBIE:
                    found.append(f"{process.pid} {process.name()}")
        return found


@pytest.fixture
def demo() -> Iterator[Demo]:
    # Not pytest's folder: PostgreSQL that root starts runs as another user, who may not look into it.
    with tempfile.TemporaryDirectory(prefix="langnghe-demo-") as folder:
        Path(folder).chmod(0o755)
        yield Demo(Path(folder))


def test_the_demo_proves_itself_and_leaves_nothing_behind(demo: Demo) -> None:
    process = demo.start("--once")
    assert process.wait(500) == 0, demo.said()
    assert demo.alive() == []
    summary = json.loads(demo.summary.read_text())
    _adds_up(summary)
    _was_measured(summary)
    assert set(summary["invariants"]) == {f"I{n}" for n in range(1, 11)}
    assert all(verdict is True for verdict in summary["invariants"].values()), summary["invariants"]
    assert summary["units"] == {"communes_now": 3321, "communes_before": 10033}


def _adds_up(summary: dict[str, Any]) -> None:
    assert summary["submitted"] == summary["accepted"] + summary["rejected"] + summary["duplicates"]
    assert summary["submitted"] == sum(summary["parts"].values())
    assert summary["rejected"] == sum(summary["rejected_by"].values())
    assert {key.partition(":")[0] for key in summary["rejected_by"]} == {"http", "kafka", "sheet"}
    assert summary["parts"]["samples"] == 420
    assert summary["duplicates"] == 9
    assert summary["cases"] == summary["counted"] == summary["accepted"]
    assert 0 < summary["triage"] < summary["cases"]
    assert summary["warnings"] >= 1
    told = summary["notifications"]
    assert told["planned"] >= told["deliveries"] == told["delivered"] > 0
    assert told["failed"] == 0


def _was_measured(summary: dict[str, Any]) -> None:
    assert set(summary["latency_ms"]) == set(STAGES)
    for values in summary["latency_ms"].values():
        assert 0 < values["p50"] <= values["p99"]
    assert summary["rate_per_s"] > 0
    assert all(url.startswith("http://127.0.0.1:") for url in summary["urls"].values())


def test_a_signal_in_the_middle_stops_everything(demo: Demo) -> None:
    process = demo.start()
    started = wait_until(lambda: "Kafka and PostgreSQL" in demo.said() or process.poll() is not None, 120)
    assert started, demo.said()
    assert process.poll() is None, demo.said()
    assert demo.alive()
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 130, demo.said()
    assert demo.alive() == []
    assert not demo.summary.exists()


def test_a_folder_that_is_not_the_demos_is_left_alone(demo: Demo) -> None:
    demo.data.mkdir()
    (demo.data / "letter").write_text("mine")
    assert demo.start("--once").wait(60) == 2
    assert (demo.data / "letter").read_text() == "mine"
    assert "is not empty" in demo.said()
