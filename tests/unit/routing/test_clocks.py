"""Deadlines on working days, holidays and swapped days, by date."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.calendar import Calendar, end_of
from services.routing.domain.clocks import Sort, Terms, deadlines, last_day
from services.routing.domain.life.record import Pause
from services.routing.domain.ruleset import CalendarRules
from services.routing.rules import standard
from shared.local_time import LOCAL

RULES = standard()
TERMS = Terms.of(RULES, range(2024, 2031))
CALENDAR = TERMS.calendar


def sort(legal_kind="phan_anh", severity=1, **more):
    return Sort(legal_kind, severity, "khac", **more)


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
    clocks = deadlines(sort(severity=3), friday, True, TERMS)
    assert clocks.settle_by == end_of(date(2026, 3, 9)).astimezone(UTC)
    assert clocks.forward_by == datetime(2026, 3, 6, 10, 5, tzinfo=UTC)


def test_tet_stretches_a_deadline():
    clocks = deadlines(sort(severity=2), at(2026, 2, 13), True, TERMS)
    assert clocks.settle_by == end_of(date(2026, 2, 25)).astimezone(UTC)


def test_a_complaint_has_thirty_days_and_forty_five_if_complex():
    accepted = at(2026, 3, 2)
    simple = deadlines(sort("khieu_nai", 2), accepted, True, TERMS)
    complex_one = deadlines(sort("khieu_nai", 2, complex_case=True), accepted, True, TERMS)
    assert simple.settle_by == end_of(date(2026, 4, 1)).astimezone(UTC)
    assert complex_one.settle_by == end_of(date(2026, 4, 16)).astimezone(UTC)
    assert complex_one.rule == f"khieu-nai.lan-dau-phuc-tap@{RULES.version}"


def test_notice_of_a_complaint_changes_with_the_law():
    before, after = date(2026, 6, 30), date(2026, 7, 1)
    assert (
        TERMS.table.find("listen", sort("khieu_nai"), before).unit,
        TERMS.table.find("listen", sort("khieu_nai"), after).unit,
    ) == ("d", "wd")


def test_without_a_resolving_owner_nobody_owes_a_settlement():
    clocks = deadlines(sort(), at(2026, 3, 2), False, TERMS)
    assert clocks.settle_by is None
    assert clocks.listen_by > clocks.forward_by


def test_a_year_without_official_calendar_is_provisional():
    assert not deadlines(sort(), at(2026, 11, 2), True, TERMS).provisional
    assert deadlines(sort(), at(2026, 12, 28), True, TERMS).provisional


LAW = date(2026, 7, 1)


@pytest.mark.parametrize(
    ("kind", "asked", "on", "amount", "unit"),
    [
        ("settle", sort(), LAW, 7, "wd"),
        ("settle", sort(severity=2), LAW, 3, "wd"),
        ("settle", sort(severity=3), LAW, 1, "wd"),
        ("settle", sort("khieu_nai"), LAW, 30, "d"),
        ("settle", sort("khieu_nai", complex_case=True), LAW, 45, "d"),
        ("settle", sort("khieu_nai", remote=True), LAW, 45, "d"),
        ("settle", sort("khieu_nai", remote=True, complex_case=True), LAW, 60, "d"),
        ("settle", sort("khieu_nai", settlement=2), LAW, 45, "d"),
        ("settle", sort("khieu_nai", settlement=2, complex_case=True), LAW, 60, "d"),
        ("settle", sort("khieu_nai", settlement=2, remote=True), LAW, 60, "d"),
        ("settle", sort("khieu_nai", settlement=2, remote=True, complex_case=True), LAW, 70, "d"),
        ("settle", sort("thong_tin_to_cao", 3), LAW, 7, "wd"),
        ("settle", sort("thong_tin_to_cao", complex_case=True), LAW, 10, "wd"),
        ("settle", sort("to_cao"), LAW, 30, "d"),
        ("settle", sort("to_cao", complex_case=True), LAW, 60, "d"),
        ("settle", sort("to_cao", complex_case=True, especially=True), LAW, 90, "d"),
        ("listen", sort(), LAW, 10, "wd"),
        ("listen", sort("khieu_nai"), date(2026, 6, 30), 10, "d"),
        ("listen", sort("khieu_nai"), LAW, 7, "wd"),
        ("listen", sort("khieu_nai", settlement=2), LAW, 7, "wd"),
        ("listen", sort("to_cao"), LAW, 7, "wd"),
        ("listen", sort("to_cao", complex_case=True), LAW, 10, "wd"),
        ("object", sort(), LAW, 7, "wd"),
        ("object", sort("khieu_nai"), LAW, 30, "d"),
        ("object", sort("khieu_nai", remote=True), LAW, 45, "d"),
        ("forward", sort("to_cao"), LAW, 5, "wd"),
        ("forward", Sort("kien_nghi", 1, "tthc-thai-do-can-bo"), LAW, 5, "wd"),
        ("reply", sort(), LAW, 7, "wd"),
        ("reply", sort("thong_tin_to_cao"), LAW, 20, "d"),
        ("notice", sort("to_cao"), LAW, 5, "wd"),
        ("suspension", sort("khieu_nai"), LAW, 3, "wd"),
        ("conclusion", sort("to_cao"), LAW, 5, "wd"),
        ("publication", sort("to_cao"), LAW, 7, "wd"),
    ],
)
def test_the_terms_of_the_laws(kind, asked, on, amount, unit):
    rule = TERMS.table.find(kind, asked, on)
    assert (rule.amount, rule.unit) == (amount, unit)
    assert rule.basis


def test_what_the_law_does_not_count_is_no_duty():
    assert TERMS.table.maybe("suspension", sort("khieu_nai"), date(2026, 6, 30)) is None
    assert TERMS.table.maybe("publication", sort(), LAW) is None


def test_a_pause_is_added_by_the_working_days_that_were_left():
    start, pause = at(2026, 3, 2), (Pause(date(2026, 3, 4), date(2026, 3, 16)),)
    plain = deadlines(sort(), start, True, TERMS)
    paused = deadlines(sort(), start, True, TERMS, pauses=pause)
    # Wednesday the 11th was seven working days on; five of them were left on the 4th.
    assert plain.settle_by == end_of(date(2026, 3, 11)).astimezone(UTC)
    assert paused.settle_by == end_of(date(2026, 3, 23)).astimezone(UTC)


def test_while_the_clock_stands_still_there_is_no_day_to_settle_by():
    clocks = deadlines(sort(), at(2026, 3, 2), True, TERMS, pauses=(Pause(date(2026, 3, 4)),))
    assert clocks.settle_by is None
    assert clocks.listen_by == deadlines(sort(), at(2026, 3, 2), True, TERMS).listen_by


def test_highland_communes_are_remote_since_they_are_there():
    assert TERMS.remote("07543", date(2025, 7, 1))
    assert not TERMS.remote("07543", date(2025, 6, 30))
    assert not TERMS.remote("09169", date(2026, 1, 1))


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(["phan_anh", "khieu_nai", "to_cao"]),
    st.dates(date(2024, 1, 1), date(2028, 6, 30)),
    st.integers(0, 40),
    st.integers(0, 90),
)
def test_as_much_is_left_after_a_pause_as_before_it(kind, start, after, length):
    rule = TERMS.table.find("settle", sort(kind), start)
    usual = last_day(rule, start, CALENDAR)
    paused = start + timedelta(days=after)
    resumed = paused + timedelta(days=length)
    due = last_day(rule, start, CALENDAR, (Pause(paused, resumed),))
    if paused >= usual:
        assert due == usual
    elif rule.unit == "wd":
        left = CALENDAR.working_days_between(paused, usual)
        assert CALENDAR.working_days_between(resumed, due) == left
    else:
        assert (due - resumed).days >= (usual - paused).days


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
