"""What is told after a commit, the batch histogram, and which ids a log line may hold."""

import time
from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Histogram, generate_latest

from shared.messaging.envelope import loggable_ids, new_trace
from shared.telemetry import after_commit, held_until_commit
from shared.telemetry.batch_histogram import BatchHistogram
from shared.telemetry.metrics import since_receipt

BOUNDS = (0.1, 1.0, 5.0)


def failing(tell: Callable[[], None]) -> None:
    """A transaction that has something to tell, and rolls back."""
    with held_until_commit():
        after_commit(tell)
        raise ZeroDivisionError


def test_outside_of_a_transaction_it_is_told_at_once() -> None:
    told: list[int] = []
    after_commit(lambda: told.append(1))
    assert told == [1]


def test_inside_it_is_told_when_the_transaction_has_committed() -> None:
    told: list[int] = []
    with held_until_commit():
        after_commit(lambda: told.append(1))
        assert told == []
    assert told == [1]


def test_what_rolled_back_is_never_told() -> None:
    told: list[int] = []
    with pytest.raises(ZeroDivisionError):
        failing(lambda: told.append(1))
    with held_until_commit():
        after_commit(lambda: told.append(2))
    assert told == [2]


def test_a_savepoint_that_failed_takes_only_its_own_with_it() -> None:
    told: list[int] = []
    with held_until_commit():
        after_commit(lambda: told.append(1))
        with pytest.raises(ZeroDivisionError):
            failing(lambda: told.append(2))
        with held_until_commit():
            after_commit(lambda: told.append(3))
        assert told == []
    assert told == [1, 3]


def test_a_telling_that_fails_undoes_nothing_and_silences_nobody() -> None:
    told: list[int] = []

    def broken() -> None:
        raise RuntimeError

    with held_until_commit():
        after_commit(broken)
        after_commit(lambda: told.append(1))
    assert told == [1]


@given(st.lists(st.lists(st.floats(0, 100), max_size=30), max_size=5))
def test_the_batch_histogram_says_what_the_librarys_says(batches: list[list[float]]) -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    series = BatchHistogram("wait_seconds", "Wait", ("topic",), buckets=BOUNDS, registry=ours).bind("t")
    library = Histogram("wait_seconds", "Wait", ("topic",), buckets=BOUNDS, registry=theirs).labels("t")
    for batch in batches:
        series.observe(batch)
        for value in batch:
            library.observe(value)

    def samples(registry: CollectorRegistry) -> dict[str, float]:
        lines = generate_latest(registry).decode().splitlines()
        pairs = (line.rsplit(" ", 1) for line in lines if not line.startswith("#") and "_created" not in line)
        return {name: float(value) for name, value in pairs}

    assert samples(ours) == pytest.approx(samples(theirs))


def test_a_clock_that_lags_counts_as_zero() -> None:
    registry = CollectorRegistry()
    histogram = BatchHistogram("wait_seconds", "Wait", (), buckets=BOUNDS, registry=registry)
    histogram.bind().observe([-3.0])
    assert registry.get_sample_value("wait_seconds_bucket", {"le": "0.1"}) == 1
    assert registry.get_sample_value("wait_seconds_sum") == 0


def test_a_series_needs_a_value_for_each_label() -> None:
    histogram = BatchHistogram("a_seconds", "A", ("topic",), buckets=BOUNDS, registry=CollectorRegistry())
    assert histogram.bind("t") is histogram.bind("t")
    with pytest.raises(ValueError, match="labels"):
        histogram.bind()


def test_an_id_tells_how_long_ago_it_was_made() -> None:
    registry = CollectorRegistry()
    histogram = BatchHistogram("a_seconds", "A", (), buckets=BOUNDS, registry=registry)
    made_ms = time.time_ns() // 1_000_000 - 2_000
    three_seconds_ago = UUID(int=made_ms << 80 | 7 << 76 | 2 << 62 | 5)
    since_receipt(histogram.bind(), [three_seconds_ago, uuid4()])
    assert registry.get_sample_value("a_seconds_count") == 1
    assert registry.get_sample_value("a_seconds_bucket", {"le": "1.0"}) == 0
    assert registry.get_sample_value("a_seconds_bucket", {"le": "5.0"}) == 1


def test_a_log_line_holds_ids_that_look_like_ours_and_nothing_else() -> None:
    trace, event = new_trace(), str(uuid4())
    headers = [("ce_id", event.encode()), ("traceparent", trace.encode()), ("ce_source", b"x")]
    assert loggable_ids(headers) == {"event_id": event, "trace_id": trace.split("-")[1]}
    name = "Nguyễn Văn A".encode()
    for odd in (None, b"", name, b"\xff", b"0912345678", event.encode() + b"\n", b"00-" + b"x" * 32):
        assert loggable_ids([("ce_id", odd), ("traceparent", odd)]) == {}
