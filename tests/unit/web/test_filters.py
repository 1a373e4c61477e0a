"""How figures and times are written."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.web import filters as f

T0 = datetime(2026, 11, 24, 7, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (1234, 0, "1.234"),
        (1234567.891, 2, "1.234.567,89"),
        (0, 0, "0"),
        (-1500, 0, "−1.500"),
        (-0.2, 0, "0"),
        (None, 0, "–"),
    ],
)
def test_numbers(value: float | None, decimals: int, written: str) -> None:
    assert f.number_vi(value, decimals) == written


@given(st.integers(-(10**15), 10**15))
def test_a_whole_number_can_be_read_back(value: int) -> None:
    assert int(f.number_vi(value).replace(".", "").replace("−", "-")) == value


def test_shares_and_changes() -> None:
    assert f.percent_vi(0.1234) == "12,3%"
    assert f.percent_vi(None) == "–"
    assert [f.change_vi(9, 8), f.change_vi(7, 8), f.change_vi(8, 8)] == ["+12,5%", "−12,5%", "0,0%"]
    assert f.change_vi(3, 0) == "–"


def test_times_are_those_of_vietnam() -> None:
    late = datetime(2026, 11, 24, 17, 30, tzinfo=UTC)
    assert f.datetime_vi(late) == "00:30 25/11/2026"
    assert f.date_vi(late) == "25/11/2026"
    assert f.iso(late) == "2026-11-24T17:30:00Z"
    assert f.date_vi(date(2026, 1, 2)) == "02/01/2026"
    assert f.date_vi(None) == f.datetime_vi(None) == "–"


def test_documents_put_a_zero_before_small_days_and_the_first_two_months() -> None:
    assert f.date_long_vi(date(2026, 2, 5)) == "ngày 05 tháng 02 năm 2026"
    assert f.date_long_vi(date(2026, 3, 15)) == "ngày 15 tháng 3 năm 2026"


def test_a_time_without_offset_is_refused() -> None:
    with pytest.raises(ValueError, match="UTC offset"):
        f.datetime_vi(datetime(2026, 11, 24))


@pytest.mark.parametrize(
    ("length", "written"),
    [
        (timedelta(seconds=20), "vừa xong"),
        (timedelta(minutes=5, seconds=59), "5 phút trước"),
        (timedelta(hours=23), "23 giờ trước"),
        (timedelta(days=29), "29 ngày trước"),
        (timedelta(days=64), "2 tháng trước"),
        (timedelta(days=800), "2 năm trước"),
        (timedelta(days=-3), "còn 3 ngày"),
    ],
)
def test_ago(length: timedelta, written: str) -> None:
    assert f.ago_vi(T0 - length, T0) == written


def test_deadlines_tell_what_is_left_and_what_is_overdue() -> None:
    assert f.due_vi(T0 + timedelta(days=2), T0) == "còn 2 ngày"
    assert f.due_vi(T0 - timedelta(hours=3), T0) == "quá hạn 3 giờ"
    tones = [f.due_tone(T0 + timedelta(hours=h), T0) for h in (48, 5, -1)]
    assert tones == ["neutral", "warn", "danger"]


def test_a_deadline_at_midnight_is_the_end_of_the_day_before() -> None:
    assert f.by_vi(datetime(2026, 12, 2, 17, tzinfo=UTC)) == "hết ngày 02/12/2026"
    assert f.by_vi(datetime(2026, 12, 2, 17, 1, tzinfo=UTC)) == "00:01 03/12/2026"
    assert f.by_vi(T0) == "14:05 24/11/2026"
    assert f.by_vi(None) == f.NONE
