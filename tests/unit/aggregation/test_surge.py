"""EARS C2 on numbers worked out by hand, and what it never says."""

from datetime import date, timedelta
from statistics import fmean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.aggregation.domain.surge import (
    Detector,
    Series,
    Standing,
    clear_warnings,
    days_heard,
    raise_warnings,
    read,
    read_day,
    warning_id,
)

C2 = Detector()
DAY = date(2026, 11, 20)
HEARD = frozenset(DAY - timedelta(days=i) for i in range(-9, 30))
"""Days around DAY on which the province was heard."""
WASTE = Series("uwest00001", "rac-thai", restricted=False)


def days_before(day: date, *counts: int) -> dict[date, int]:
    """counts[0] is three days before `day` (after a lag of two), counts[6] nine days before."""
    return {day - timedelta(days=3 + i): n for i, n in enumerate(counts)}


def test_threshold_is_the_mean_and_three_standard_deviations_of_the_baseline() -> None:
    # Mean 4; squared deviations 4+1+1+4+0+1+1 = 12, over 6 = 2; three times its root is 4.243.
    reading = read([2, 3, 5, 6, 4, 3, 5], 8, C2)
    assert reading.expected == pytest.approx(4.0)
    assert reading.threshold == pytest.approx(4 + 3 * 2**0.5)
    assert not reading.surge
    assert read([2, 3, 5, 6, 4, 3, 5], 9, C2).surge


def test_the_two_days_before_are_not_part_of_the_baseline() -> None:
    counts = days_before(DAY, 2, 3, 5, 6, 4, 3, 5) | {
        DAY - timedelta(days=1): 90,
        DAY - timedelta(days=2): 80,
    }
    reading = read_day(counts | {DAY: 9}, DAY, HEARD, C2)
    assert reading is not None
    assert (reading.expected, reading.surge) == (pytest.approx(4.0), True)


def test_a_calm_past_does_not_make_a_surge_of_one_more_case() -> None:
    assert not read([0] * 7, 4, C2).surge  # below the minimum
    assert read([0] * 7, 5, C2).surge
    assert not read([10] * 7, 11, C2).surge


def test_no_reading_before_most_of_the_baseline_was_heard() -> None:
    for since, readable in ((6, False), (7, True)):
        heard = frozenset(DAY - timedelta(days=i) for i in range(since + 1))
        assert (read_day({DAY: 50}, DAY, heard, C2) is not None) == readable


@given(st.dictionaries(st.integers(0, 700), st.integers(1, 20), max_size=30), st.integers(0, 6))
def test_old_reports_make_no_calm_of_the_first_days(old: dict[int, int], day: int) -> None:
    """However many reports are dated back to 2024: a day that begins the operation has no baseline."""
    began = date(2026, 11, 1)
    province = {date(2024, 1, 1) + timedelta(days=i): n for i, n in old.items()}
    province |= {began + timedelta(days=i): 40 for i in range(day + 1)}
    heard = days_heard(province, C2)
    assert read_day({}, began + timedelta(days=day), heard, C2) is None


def test_a_stray_report_a_day_is_no_sign_that_the_system_was_listening() -> None:
    assert days_heard({DAY: 1, DAY - timedelta(days=1): 2, DAY - timedelta(days=2): 0}, C2) == {
        DAY - timedelta(days=1)
    }


def test_days_on_which_nothing_was_heard_are_no_calm_after_an_outage() -> None:
    """Reports of a calm month, three days without any, and the first days after them."""
    out = {DAY - timedelta(days=i) for i in (5, 6, 7)}
    assert read_day({DAY: 9}, DAY, HEARD - out, C2) is None


def test_a_small_province_that_is_heard_most_days_is_warned() -> None:
    quiet = {DAY - timedelta(days=i) for i in (4, 8)}
    reading = read_day({DAY: 9}, DAY, HEARD - quiet, C2)
    assert reading is not None
    assert reading.surge


@given(st.lists(st.integers(0, 500), min_size=7, max_size=7), st.integers(0, 5000))
def test_surge_means_above_threshold_and_minimum(baseline: list[int], observed: int) -> None:
    reading = read(baseline, observed, C2)
    assert reading.threshold >= fmean(baseline) + 3 * stdev(baseline) - 1e-9
    assert reading.surge == (observed > reading.threshold and observed >= C2.minimum)


def test_a_warning_is_raised_once() -> None:
    counts = {DAY: 9}
    raised = raise_warnings([WASTE], lambda _: counts, [DAY], C2, heard=HEARD, known=frozenset())
    assert [(w.series, w.day) for w in raised] == [(WASTE, DAY)]
    again = frozenset(w.warning_id for w in raised)
    assert raise_warnings([WASTE], lambda _: counts, [DAY], C2, heard=HEARD, known=again) == []


def test_a_day_that_cannot_be_read_ends_no_warning() -> None:
    standing = [Standing(warning_id(WASTE, DAY, C2), WASTE, DAY)]
    later = DAY + timedelta(days=5)
    surging = {DAY + timedelta(days=i): 9 * 3**i for i in range(5)}
    deaf = HEARD - {later - timedelta(days=i) for i in range(3, 10)}
    counts = lambda _: surging  # noqa: E731
    assert clear_warnings(standing, counts, later + timedelta(days=1), deaf | {later}, C2) == []
    assert clear_warnings(standing, counts, later + timedelta(days=1), HEARD, C2) != []


def test_restricted_cases_are_warned_of_apart() -> None:
    secret = Series(WASTE.unit, WASTE.category, restricted=True)
    assert warning_id(WASTE, DAY, C2) != warning_id(secret, DAY, C2)
    assert warning_id(WASTE, DAY, C2) == warning_id(WASTE, DAY, Detector())


@pytest.mark.parametrize(
    ("counts", "today", "cleared"),
    [
        ({DAY: 9}, DAY, False),  # it still surges
        ({DAY: 4}, DAY, True),  # corrected: some were moved elsewhere
        ({DAY: 9, DAY + timedelta(days=1): 1}, DAY + timedelta(days=1), False),  # today is not over
        ({DAY: 9, DAY + timedelta(days=1): 1}, DAY + timedelta(days=2), True),
        ({DAY: 9, DAY + timedelta(days=1): 12}, DAY + timedelta(days=2), False),  # goes on
    ],
)
def test_a_warning_ends_when_it_was_a_mistake_or_a_whole_day_was_calm(
    counts: dict[date, int], today: date, cleared: bool
) -> None:
    standing = [Standing(warning_id(WASTE, DAY, C2), WASTE, DAY)]
    found = clear_warnings(standing, lambda _: counts, today, HEARD, C2)
    assert [c.warning_id for c in found] == ([standing[0].warning_id] if cleared else [])
