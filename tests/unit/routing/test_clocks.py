"""Deadlines on working days, holidays and swapped days, by date."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.calendar import Calendar, end_of
from services.routing.domain.case import Nature
from services.routing.domain.clocks import Terms, deadlines
from services.routing.domain.ruleset import CalendarRules
from services.routing.rules import standard
from shared.local_time import LOCAL

RULES = standard()
TERMS = Terms.of(RULES, range(2024, 2031))
CALENDAR = TERMS.calendar


def nature(legal_kind="phan_anh", severity=1, flags=()):
    return Nature(legal_kind, severity, "commune", flags, False, False, None, None, ())


def at(year, month, day, hour=9):
    return datetime(year, month, day, hour, tzinfo=LOCAL)


@pytest.mark.parametrize(
    ("day", "works"),
    [
        (date(2026, 2, 17), False),
        (date(2026, 2, 23), True),
        (date(2026, 4, 30), False),
        (date(2026, 8, 31), False),
        (date(2026, 8, 22), True),
        (date(2026, 8, 23), False),
    ],
)
def test_tet_holidays_and_swapped_days(day, works):
    assert CALENDAR.is_working(day) is works


def test_an_urgent_case_is_due_at_the_end_of_the_next_working_day():
    friday = at(2026, 3, 6, 17)
    clocks = deadlines(nature(severity=3), friday, True, TERMS)
    assert clocks.settle_by == end_of(date(2026, 3, 9)).astimezone(UTC)
    assert clocks.forward_by == datetime(2026, 3, 6, 10, 5, tzinfo=UTC)


def test_tet_stretches_a_deadline():
    clocks = deadlines(nature(severity=2), at(2026, 2, 13), True, TERMS)
    assert clocks.settle_by == end_of(date(2026, 2, 25)).astimezone(UTC)


def test_a_complaint_has_thirty_days_and_forty_five_if_complex():
    accepted = at(2026, 3, 2)
    simple = deadlines(nature("khieu_nai", 2), accepted, True, TERMS)
    complex_one = deadlines(nature("khieu_nai", 2, ("phuc_tap",)), accepted, True, TERMS)
    assert simple.settle_by == end_of(date(2026, 4, 1)).astimezone(UTC)
    assert complex_one.settle_by == end_of(date(2026, 4, 16)).astimezone(UTC)
    assert complex_one.rule == f"khieu-nai.lan-dau-phuc-tap@{RULES.version}"


def test_notice_of_a_complaint_changes_with_the_law():
    before, after = date(2026, 6, 30), date(2026, 7, 1)
    assert (
        TERMS.table.find("listen", nature("khieu_nai"), before).unit,
        TERMS.table.find("listen", nature("khieu_nai"), after).unit,
    ) == ("d", "wd")


def test_without_a_resolving_owner_nobody_owes_a_settlement():
    clocks = deadlines(nature(), at(2026, 3, 2), False, TERMS)
    assert clocks.settle_by is None
    assert clocks.listen_by > clocks.forward_by


def test_a_year_without_official_calendar_is_provisional():
    assert not deadlines(nature(), at(2026, 11, 2), True, TERMS).provisional
    assert deadlines(nature(), at(2026, 12, 28), True, TERMS).provisional


@settings(max_examples=300, deadline=None)
@given(st.dates(date(2024, 1, 1), date(2029, 6, 30)), st.integers(1, 60))
def test_exactly_so_many_working_days_lie_between(start, amount):
    end = CALENDAR.after_working_days(start, amount)
    between = [date.fromordinal(day) for day in range(start.toordinal() + 1, end.toordinal() + 1)]
    assert sum(map(CALENDAR.is_working, between)) == amount
    assert CALENDAR.is_working(end)


@given(st.dates(date(2024, 1, 1), date(2029, 6, 30)), st.integers(1, 90))
def test_calendar_days_never_end_on_a_day_off(start, amount):
    end = CALENDAR.after_days(start, amount)
    assert CALENDAR.is_working(end)
    assert (end - start).days >= amount


def test_the_calendar_without_rules_still_knows_weekends():
    bare = Calendar(CalendarRules((), frozenset()), range(2026, 2027))
    assert not bare.is_working(date(2026, 3, 7))
    assert bare.provisional(date(2026, 3, 2), date(2026, 3, 3))


def test_beyond_its_years_the_calendar_says_so():
    with pytest.raises(LookupError):
        CALENDAR.after_working_days(date(2030, 12, 30), 10)
    with pytest.raises(LookupError):
        CALENDAR.after_working_days(date(2022, 3, 1), 3)
