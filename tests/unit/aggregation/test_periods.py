"""Weeks and months of reports."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.aggregation.domain.periods import BadPeriod, month_of, parse_period, week_of


@given(st.dates(date(2000, 1, 10), date(2099, 12, 1)))
def test_a_code_names_its_period_and_neighbours_touch(day: date) -> None:
    for period in (week_of(day), month_of(day)):
        assert period.first <= day <= period.last
        assert parse_period(period.code) == period
        assert period.previous.following == period
        assert (period.first - period.previous.last).days == 1


def test_the_first_week_of_2026_begins_in_2025() -> None:
    week = parse_period("2026-W01")
    assert (week.first, week.last) == (date(2025, 12, 29), date(2026, 1, 4))


@pytest.mark.parametrize(
    "code", ["", "2026-W54", "2026-W00", "2026-13", "26-11", "2026-11-01", "9999-W01", "2026W47"]
)
def test_what_is_no_period_is_refused(code: str) -> None:
    with pytest.raises(BadPeriod):
        parse_period(code)
