"""Small cells: hidden, and not to be had by subtraction."""

from collections import Counter
from collections.abc import Callable, Sequence
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.aggregation.domain.situation import Observed, category_lines, mood_lines, silent
from services.aggregation.domain.suppression import coarse, suppress, suppress_lines

LIMIT = 3
"""Small, so that tables with all kinds of cells are small enough to try every change of them."""
Table = dict[tuple[str, str], int]
table_cells = st.sampled_from([0, 0, 1, 2, 3, 4, 9])
tables = st.dictionaries(st.sampled_from("abcd"), st.tuples(table_cells, table_cells), max_size=4)
cells = st.dictionaries(st.text("abcdefgh", min_size=1, max_size=2), st.integers(0, 30), max_size=8)


def computed(
    table: Table, hidden: Sequence[tuple[str, str]], told: Callable[[Table], object]
) -> list[tuple[str, str]]:
    """The hidden cells that can be computed: those that no other table has otherwise that tells the same.

    All tables are tried that differ from this one by one or none in each hidden cell. That is enough: sums by
    line and by column are a network, where any freedom at all can be had in steps of one.
    """
    known, free = told(table), set()
    for change in product((-1, 0, 1), repeat=len(hidden)):
        steps = dict(zip(hidden, change, strict=True))
        other = {cell: n + steps.get(cell, 0) for cell, n in table.items()}
        if any(change) and min(other.values()) >= 0 and told(other) == known:
            free |= {cell for cell, step in steps.items() if step}
    return [cell for cell in hidden if cell not in free and table[cell]]


@given(tables)
def test_no_hidden_cell_of_a_table_can_be_computed_from_both_pages(lines: dict[str, tuple[int, int]]) -> None:
    """The dashboard tells all, totals by category and by purpose; the report tells the cells."""
    table = {
        (line, purpose): n for line, pair in lines.items() for purpose, n in zip("ro", pair, strict=True)
    }
    by_line = suppress({line: sum(pair) for line, pair in lines.items()}, LIMIT)
    shown = suppress_lines(lines, LIMIT)
    hidden = [(line, p) for line, pair in shown.items() for p, n in zip("ro", pair, strict=True) if n is None]

    def told(of: Table) -> object:
        by_purpose = {p: sum(n for (_, purpose), n in of.items() if purpose == p) for p in "ro"}
        return (
            by_line.total is not None and by_purpose,
            [of[line, "r"] + of[line, "o"] for line, n in by_line.cells.items() if n is not None],
            [n for cell, n in of.items() if cell not in hidden],
        )

    assert computed(table, hidden, told) == []
    small = {line for line, pair in lines.items() if any(0 < n < LIMIT for n in pair)}
    told_whole = len([pair for pair in lines.values() if any(pair)]) == 1 and by_line.total is not None
    assert told_whole or small <= {line for line, _ in hidden}


observations = st.dictionaries(
    st.tuples(st.sampled_from(["g", "h"]), st.sampled_from("st"), st.sampled_from("bc")),
    st.sampled_from([1, 2, 3, 4, 9]),
    max_size=6,
)


@given(observations)
def test_no_hidden_cell_of_a_mood_can_be_computed_by_its_twin(
    counts: dict[tuple[str, str, str], int],
) -> None:
    """Stance and breadth of a group have one sum, and all groups' the number of observations."""
    lines = mood_lines([Observed(*key, n, 0) for key, n in counts.items()], LIMIT)
    table: Counter[tuple[str, str]] = Counter()
    for (group, stance, breadth), n in counts.items():
        table[group, stance] += n
        table[group, breadth] += n
    shown = {(m.group, name): n for m in lines for name, n in (*m.stances.items(), *m.breadths.items())}
    hidden = [cell for cell, n in shown.items() if n is None and table[cell]]
    assert {cell for cell, n in table.items() if n < LIMIT} <= set(hidden) or not lines

    def told(of: Table) -> object:
        sums = {g: [sum(of.get((g, name), 0) for name in names) for names in ("st", "bc")] for g in "gh"}
        rows = [n for cell, n in of.items() if cell not in hidden]
        return rows, all(s == b for s, b in sums.values()), sum(s for s, _ in sums.values())

    assert not lines or computed(dict(table), hidden, told) == []


def test_a_breadth_that_is_told_gives_no_stance_away() -> None:
    seen = [
        Observed("nong_dan", "ban_khoan", "mot_so", 10, 0),
        Observed("nong_dan", "phan_doi", "mot_so", 2, 0),
        Observed("cong_nhan", "tan_thanh", "nhieu", 3, 0),
        Observed("phu_nu", "tan_thanh", "nhieu", 30, 28),
    ]
    women, farmers, workers = mood_lines(seen, 5)
    assert (women.stances, women.second_hand) == ({"tan_thanh": 30}, None)
    assert farmers.stances == {"ban_khoan": None, "phan_doi": None, "tan_thanh": None}
    assert set(workers.stances.values()) == {None}


def test_few_observations_are_not_told_by_group() -> None:
    assert mood_lines([Observed("nong_dan", "ban_khoan", "mot_so", 4, 0)], 5) == []


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ({"a": (30, 2), "b": (20, 9), "c": (40, 7)}, {"b"}),  # 7 hides the 2
        ({"a": (30, 2), "b": (20, 0), "c": (40, 0)}, {"c"}),  # nobody knows whose the only two are
        ({"a": (30, 9), "b": (20, 0)}, {"a", "b"}),
        ({"a": (30, 2)}, {"a"}),  # as much as the totals say
        ({"a": (3, 1)}, set()),
    ],
)
def test_a_table_hides_whole_lines(lines: dict[str, tuple[int, int]], told: set[str]) -> None:
    shown = suppress_lines(lines, 5)
    assert {line for line, pair in shown.items() if None not in pair} == told
    assert all(shown[line] in (lines[line], (None, None), [None, None]) for line in lines)


@given(cells, st.integers(2, 6))
def test_no_hidden_cell_can_be_computed(counts: dict[str, int], limit: int) -> None:
    shown = suppress(counts, limit)
    hidden = [key for key, n in shown.cells.items() if n is None]
    assert {key for key, n in counts.items() if 0 < n < limit} <= set(hidden)
    assert len(hidden) != 1 or shown.total is None
    if hidden and shown.total is not None:
        assert sum(counts[key] for key in hidden) >= limit
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


def test_what_is_split_does_not_tell_what_a_part_hides() -> None:
    """Of 20 cases of a commune that was split 18 are unplaced and 2 lie in a part, which hides them: what
    the other part's answer tells must not leave 20 - 18."""
    assert [coarse(n, 5) for n in (0, 3, 5, 18, 19)] == [0, None, 5, 15, 15]
    assert coarse(18, 0) == 18
