"""Counts: the same whatever the order, however often, and whatever was lost before a higher version."""

import random
from collections import Counter
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.aggregation.domain.counting import Counted, Key, change, leaf_of, place_of, totals
from services.aggregation.wire import Body, counted
from tests.unit.aggregation.examples import PATHS, case_event, facts

_STATES = ("triage", "opened", "withdrawn")
_CATEGORIES = ("rac-thai", "dat-dai", "nuoc-sach")


def row(n: int, version: int = 1, path: str = "uwest00001", **other: object) -> Counted:
    event = case_event(n, version, facts(PATHS[path], **other))
    body: Body = {
        "case_id": event.case_id,
        "version": version,
        "map_version": 1,
        "after": event.after.model_dump(),  # type: ignore[typeddict-item]
    }
    return counted(body)


class Store:
    """What the tables hold, changed as the use case changes them."""

    def __init__(self) -> None:
        self.cases: dict[UUID, Counted] = {}
        self.leaves: Counter[Key] = Counter()

    def apply(self, batch: list[Counted]) -> list[bool]:
        done = change({c.case_id: self.cases[c.case_id] for c in batch if c.case_id in self.cases}, batch)
        for case in (*done.new, *done.changed):
            self.cases[case.case_id] = case
        for key, n in done.delta.items():
            self.leaves[key] += n
            assert self.leaves[key] >= 0
        return list(done.fresh)


histories = st.lists(
    st.tuples(
        st.integers(1, 6),
        st.integers(1, 4),
        st.sampled_from(sorted(PATHS)),
        st.sampled_from(_CATEGORIES),
        st.sampled_from(_STATES),
    ),
    max_size=30,
    unique_by=lambda t: t[:2],
)


@given(histories, st.integers(), st.integers(1, 7))
def test_any_order_and_any_repetition_count_the_same(
    history: list[tuple[int, int, str, str, str]], seed: int, size: int
) -> None:
    told = [row(n, v, path, category=c, state=s) for n, v, path, c, s in history]
    dice = random.Random(seed)
    sent = [*told, *dice.choices(told, k=len(told))] if told else []
    dice.shuffle(sent)
    store = Store()
    for i in range(0, len(sent), size):
        store.apply(sent[i : i + size])
    assert +store.leaves == totals(told)


@given(histories, st.data())
def test_a_lost_event_heals_with_the_next_version(
    history: list[tuple[int, int, str, str, str]], data: st.DataObject
) -> None:
    told = [row(n, v, path, category=c, state=s) for n, v, path, c, s in history]
    highest = {c.case_id: max(d.version for d in told if d.case_id == c.case_id) for c in told}
    store = Store()
    for case in told:
        if case.version == highest[case.case_id] or data.draw(st.booleans()):
            store.apply([case])
    assert +store.leaves == totals(told)


def test_a_second_telling_changes_nothing() -> None:
    store = Store()
    assert store.apply([row(1), row(1), row(2)]) == [True, False, True]
    before = dict(store.leaves)
    assert store.apply([row(2), row(1)]) == [False, False]
    assert store.leaves == before


def test_within_a_batch_only_the_highest_version_takes_effect() -> None:
    done = change({}, [row(1, 1), row(1, 3, state="withdrawn"), row(1, 2)])
    assert done.fresh == [False, True, False]
    assert [case.version for case in done.new] == [3]


def test_another_category_is_one_less_here_and_one_more_there() -> None:
    first, second = row(1), row(1, 2, category="dat-dai")
    done = change({first.case_id: first}, [second])
    assert done.delta == {leaf_of(first): -1, leaf_of(second): 1}
    assert done.changed == [second]
    assert not done.new


def test_a_version_that_changes_no_leaf_changes_no_count() -> None:
    first, second = row(1), row(1, 2, flags=("dong_nguoi",))
    done = change({first.case_id: first}, [second])
    assert (done.fresh, done.delta, done.dirty) == ([True], {}, frozenset())


def test_a_case_that_moves_makes_both_places_dirty() -> None:
    first, second = row(1), row(1, 2, "ueast00001")
    done = change({first.case_id: first}, [second])
    assert {place for _, place, _ in done.dirty} == {
        place_of(PATHS["uwest00001"]),
        place_of(PATHS["ueast00001"]),
    }


def test_the_same_unit_under_another_parent_is_another_place() -> None:
    assert place_of(("ua", "ub")) != place_of(("ua", "uc"))
    assert 0 <= place_of(("ua", "ub")) < 2**63
