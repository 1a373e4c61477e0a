"""Urgent at once, the rest gathered, floods collapsed."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.notify.domain.grouping import Recent, Waiting, group

waiting = st.lists(
    st.builds(
        Waiting,
        key=st.uuids().map(lambda u: ("case", u, u)),
        urgency=st.sampled_from(["urgent", "digest"]),
        ripe=st.booleans(),
    ),
    max_size=30,
    unique_by=lambda w: w.key,
)


def one(number: int, urgency: str = "urgent", *, ripe: bool = False) -> Waiting:
    return Waiting(("case", UUID(int=number), UUID(int=number)), urgency, ripe)  # type: ignore[arg-type]


@given(waiting, st.builds(Recent, urgent=st.integers(0, 9), flood=st.booleans()), st.integers(1, 9))
def test_nothing_goes_out_twice_and_the_limit_holds(waits: list[Waiting], recent: Recent, limit: int) -> None:
    messages = group(waits, recent, limit)
    keys = [key for message in messages for key in message.keys]
    assert len(keys) == len(set(keys))
    assert set(keys) <= {w.key for w in waits}
    urgent = sum(m.kind == "urgent" for m in messages)
    assert urgent == 0 or recent.urgent + urgent <= limit
    assert sum(m.kind == "flood" for m in messages) <= 1


@given(waiting, st.builds(Recent, urgent=st.integers(0, 9), flood=st.booleans()), st.integers(1, 9))
def test_what_is_ripe_never_waits_on(waits: list[Waiting], recent: Recent, limit: int) -> None:
    sent = {key for message in group(waits, recent, limit) for key in message.keys}
    assert {w.key for w in waits if w.ripe} <= sent


def test_urgent_ones_each_have_their_own_message_and_the_rest_waits() -> None:
    messages = group([one(1), one(2), one(3, "digest")], Recent(), 5)
    assert [(m.kind, len(m.keys)) for m in messages] == [("urgent", 1), ("urgent", 1)]


def test_a_digest_takes_all_that_is_not_urgent_once_one_is_ripe() -> None:
    messages = group([one(1, "digest", ripe=True), one(2, "digest")], Recent(), 5)
    assert [(m.kind, len(m.keys)) for m in messages] == [("digest", 2)]


def test_a_flood_collapses_into_one_message_and_then_waits_for_the_window() -> None:
    flood = [one(n) for n in range(6)]
    assert [(m.kind, len(m.keys)) for m in group(flood, Recent(), 5)] == [("flood", 6)]
    assert group(flood, Recent(flood=True), 5) == ()
    assert [m.kind for m in group([*flood, one(9, ripe=True)], Recent(flood=True), 5)] == ["flood"]


def test_what_was_sent_before_counts_towards_the_limit() -> None:
    assert [m.kind for m in group([one(1)], Recent(urgent=5), 5)] == ["flood"]
