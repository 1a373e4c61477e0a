"""The benchmarks stay alive: each part once, small, on real servers; so few reports give no figures."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from deploy.cli.app import app

PROCESSES = {"intake", "routing", "aggregation", "notify", "kafka", "postgres"}


def bench(tmp_path: Path, *arguments: str) -> dict[str, Any]:
    """Run the command, which fails where an invariant does not hold."""
    into = tmp_path / "bench.json"
    done = CliRunner().invoke(app, ["bench", "--json", str(into), *arguments])
    assert done.exit_code == 0, done.output
    return dict(json.loads(into.read_text()))


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_two_thousand_reports_go_all_the_way(tmp_path: Path) -> None:
    found = bench(tmp_path, "--only", "e2e", "--reports", "2000")["end_to_end"]
    assert found["reports"] == 2000
    assert found["rate_per_s"] > 0
    assert {name for name, held in found["invariants"].items() if held is True} == {
        f"I{n}" for n in range(1, 10)
    }
    assert set(found["rss_mb"]) >= PROCESSES
    assert all({"start", "end", "max"} == set(sizes) for sizes in found["rss_mb"].values())
    assert found["notifications_per_report"] > 1
    # A mixed report has more cases than one.
    assert 1.0 <= found["rows_per_report_by_table"]["routing.cases"] < 1.1


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_stages_yardsticks_and_the_door(tmp_path: Path) -> None:
    only = ("--only", "stages", "--only", "yardsticks", "--only", "http")
    found = bench(tmp_path, *only, "--reports", "2000", "--http-seconds", "3")
    assert {"intake", "routing", "aggregation", "notify"} <= set(found["stages"])
    assert found["yardsticks"]["routing_writes"]["ratio"] > 0
    assert set(found["http"]["levels"]) == {"25%", "50%", "75%"}
    for level in found["http"]["levels"].values():
        for step in ("accepted", "routed", "counted", "notified"):
            assert 0 < level[step]["p50"] <= level[step]["p99"]
