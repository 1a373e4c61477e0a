"""Where a batch begins and ends on each partition, what its holes are, and what is thrown away."""

from collections.abc import Sequence
from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from shared.messaging.batch import BatchRunner, Span, _settle
from shared.messaging.consumer import Consumer
from shared.messaging.positions import Advance
from shared.messaging.received import Dead, Verdict
from tests.unit.messaging.builders import record

OUTCOMES = st.sampled_from([Verdict.FRESH, Verdict.DUPLICATE, Dead("x")])


def _spans(
    attached: dict[int, int], offsets: Sequence[tuple[int, int]], overtaken: set[int] | None = None
) -> list[Span]:
    runner = BatchRunner("toy", cast(Any, None), cast(Any, None), cast(Any, None))
    consumer = Consumer("toy", "t", "g", runner, cast(Any, None))
    consumer.assignment.next = dict(attached)
    consumer.assignment.overtaken = set(overtaken or ())
    return consumer._spans([record(partition=p, offset=at) for p, at in offsets])


def _shape(spans: Sequence[Span]) -> list[tuple[int, int, int, int]]:
    return [(span.partition, span.start, span.end, len(span.records)) for span in spans]


def test_a_span_starts_where_the_last_batch_ended() -> None:
    """Offsets 5 to 7 hold no record: they are between the position and the first record."""
    assert _shape(_spans({0: 5}, [(0, 8), (0, 9)])) == [(0, 5, 10, 2)]


def test_partitions_come_in_order() -> None:
    found = _spans({0: 0, 1: 10, 2: 20}, [(2, 20), (0, 0), (1, 10), (0, 1)])
    assert _shape(found) == [(0, 0, 2, 2), (1, 10, 11, 1), (2, 20, 21, 1)]


def test_what_is_not_attached_is_thrown_away() -> None:
    assert _shape(_spans({1: 0}, [(0, 0), (1, 0)])) == [(1, 0, 1, 1)]


def test_what_was_settled_already_is_thrown_away() -> None:
    assert _shape(_spans({0: 3}, [(0, 1), (0, 2), (0, 3)])) == [(0, 3, 4, 1)]


def test_what_was_sought_anew_while_in_hand_is_thrown_away() -> None:
    """The position went back to 3: taking 5 and 6 would make holes of 3 and 4."""
    assert _shape(_spans({0: 3, 1: 0}, [(0, 5), (0, 6), (1, 0)], {0})) == [(1, 0, 1, 1)]


@given(
    start=st.integers(0, 1000),
    steps=st.lists(st.tuples(st.integers(1, 4), OUTCOMES), min_size=1, max_size=40),
)
def test_every_offset_is_accounted_for(start: int, steps: list[tuple[int, Verdict | Dead]]) -> None:
    """consumed = fresh + duplicate + dead, and start + consumed + holes = end."""
    offsets, at = [], start - 1
    for step, _ in steps:
        at += step
        offsets.append(at)
    (span,) = _spans({0: start}, [(0, offset) for offset in offsets])
    settled = _settle([span], span.records, [outcome for _, outcome in steps])
    (move,) = settled.moves
    assert move.consumed == len(steps)
    assert move.start + move.consumed + move.holes == move.end == offsets[-1] + 1
    assert len(settled.letters) == move.dead


def test_holes_are_what_is_left() -> None:
    assert Advance(0, 10, 20, fresh=3, duplicate=2, dead=1).holes == 4
