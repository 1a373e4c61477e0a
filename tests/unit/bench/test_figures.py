"""The arithmetic of the benchmarks: percentiles, slopes, costs; and what is fed is what intake takes."""

from datetime import UTC, datetime

import orjson
import pytest

from deploy.cli.bench import costs
from deploy.cli.bench.http_door import percentiles
from deploy.cli.bench.memory import slope
from deploy.cli.bench.samples import KEY, KEY_ID, SOURCE, records
from services.intake.consumer import parse_submitted
from services.intake.domain.candidate import Candidate
from services.intake.domain.record import judge
from services.intake.domain.source import Source
from services.intake.domain.submission import Door
from shared.messaging.received import Received
from tests.unit.bench.builders import record

NOW = datetime(2026, 11, 23, tzinfo=UTC)


def test_percentiles_are_of_the_nearest_rank() -> None:
    assert percentiles([n / 1000 for n in range(100, 0, -1)]) == {"p50": 50.0, "p99": 99.0}
    assert percentiles([0.004]) == {"p50": 4.0, "p99": 4.0}


def test_the_slope_leaves_out_the_warm_up() -> None:
    warm_up = [(float(t), 100.0 * t) for t in range(20)]
    steady = [(float(t), 500.0 + 0.5 * t) for t in range(20, 101)]
    assert slope(warm_up + steady) == pytest.approx(0.5)
    assert slope([(0.0, 1.0)]) == 0.0


def test_costs_are_differences_a_record() -> None:
    cpu = costs.cpu_json({"intake": 1.0}, {"intake": 3.0, "notify": 1.0}, 1_000)
    assert cpu["cpu_us_per_report"] == {"intake": 2000.0, "notify": 1000.0}
    assert cpu["cpu_us_per_report_total"] == 3000.0
    before = costs.Written({"a.t": (10, 0, 0)}, 100, 5)
    after = costs.Written({"a.t": (20, 4, 6), "b.t": (5, 0, 0)}, 1_100, 15)
    found = costs.written_json(before, after, 10)
    assert found["rows_per_report_by_table"] == {"a.t": 2.0, "b.t": 0.5}
    assert (found["wal_bytes_per_report"], found["transactions_per_report"]) == (100, 1.0)


def test_every_sample_comes_in() -> None:
    source = Source(SOURCE, {KEY_ID: KEY}, b"", Door(trusts_submitted_at=True), 0, active=True)
    bodies = set()
    for made in records(900, now=NOW):
        read = parse_submitted(record("reports.submitted", made))
        assert isinstance(read, Received)
        found = judge(read.event, source, b"k" * 32)
        assert isinstance(found, Candidate), found
        submission = found.accepted.submission
        bodies.add(submission.text)
        assert (submission.purpose == "observation") == (b'"observation"' in made[1])
        assert 0 <= (NOW - found.accepted.times.submitted_at).days < 21
    assert len(bodies) == 900


def test_the_same_seed_feeds_the_same_reports() -> None:
    first, second = ([orjson.loads(body) for _, body, _ in records(50, seed=3, now=NOW)] for _ in range(2))
    assert first == second
