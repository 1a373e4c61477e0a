"""The checker's count of records between two offsets, against counting one by one."""

from hypothesis import given
from hypothesis import strategies as st

from deploy.cli.checker.kafka_view import PartitionView


@given(
    offsets=st.lists(st.integers(0, 200), unique=True).map(sorted),
    cuts=st.lists(st.integers(1, 7), max_size=30),
    start=st.integers(-5, 210),
    length=st.integers(0, 220),
)
def test_counts_as_one_by_one(offsets: list[int], cuts: list[int], start: int, length: int) -> None:
    view = PartitionView(0, 201)
    left = list(offsets)
    for cut in [*cuts, 201]:
        taken, left = left[:cut], left[cut:]
        if taken:
            view.add(taken)
    stop = start + length
    assert view.count(start, stop) == sum(start <= offset < stop for offset in offsets)


def test_consecutive_batches_are_one_run() -> None:
    view = PartitionView(0, 9)
    view.add([0, 1, 2])
    view.add([3, 4])
    view.add([7, 8])
    assert (view.starts, view.stops) == ([0, 7], [5, 9])
