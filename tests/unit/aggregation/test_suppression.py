"""Small cells: hidden, and not to be had by subtraction."""

from hypothesis import given
from hypothesis import strategies as st

from services.aggregation.domain.situation import Observed, category_lines, mood_lines, silent
from services.aggregation.domain.suppression import suppress

cells = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 30), max_size=8)


@given(cells, st.integers(2, 6))
def test_no_hidden_cell_can_be_computed(counts: dict[str, int], limit: int) -> None:
    shown = suppress(counts, limit)
    hidden = [key for key, n in shown.cells.items() if n is None]
    assert {key for key, n in counts.items() if 0 < n < limit} <= set(hidden)
    assert len(hidden) != 1 or shown.total is None
    assert all(shown.cells[key] in (None, n) for key, n in counts.items())


@given(cells)
def test_without_a_limit_everything_is_told(counts: dict[str, int]) -> None:
    shown = suppress(counts, 0)
    assert (shown.cells, shown.total) == (counts, sum(counts.values()))


def test_one_small_cell_takes_the_next_smallest_with_it() -> None:
    assert suppress({"a": 2, "b": 9, "c": 7, "d": 0}, 5).cells == {"a": None, "b": 9, "c": None, "d": 0}


def test_a_small_total_hides_itself_and_every_breakdown() -> None:
    for sensitive in (True, False):
        shown = suppress({"a": 3, "b": 1, "c": 0}, 5, sensitive=sensitive)
        assert (shown.cells, shown.total) == ({"a": None, "b": None, "c": 0}, None)


def test_a_breakdown_that_points_at_nobody_is_told_whole() -> None:
    assert suppress({"a": 3, "b": 9}, 5, sensitive=False).cells == {"a": 3, "b": 9}


def test_lines_by_category_compare_with_the_period_before() -> None:
    now = [("dat-dai", "request", 12), ("dat-dai", "observation", 6), ("rac-thai", "request", 30)]
    before = [("rac-thai", "request", 20), ("khac", "request", 8)]
    lines = category_lines(now, before, 0)
    assert [line.category for line in lines] == ["rac-thai", "dat-dai", "khac"]
    assert (lines[0].requests, lines[0].requests_before) == (30, 20)
    assert (lines[1].requests, lines[1].observations, lines[1].observations_before) == (12, 6, 0)


def test_moods_are_told_by_group_stance_and_breadth() -> None:
    seen = [
        Observed("nong_dan", "ban_khoan", "nhieu", 6, 2),
        Observed("nong_dan", "tan_thanh", "nhieu", 5, 0),
    ]
    (line,) = mood_lines(seen, 0)
    assert (line.stances, line.breadths) == ({"ban_khoan": 6, "tan_thanh": 5}, {"nhieu": 11})
    assert line.second_hand == 2


def test_units_that_sent_nothing_are_named() -> None:
    assert silent(["a", "b", "c"], [("b", 3), ("c", 0), ("x", 1)]) == ["a", "c"]
