"""A new calendar: the clocks that run are counted anew from their own day, and it is said which move."""

from dataclasses import replace
from datetime import date, timedelta

from services.routing.domain.clocks import Terms
from services.routing.domain.life.calendar_change import reschedule
from services.routing.domain.life.commands import Accept, Answer, Suspend
from services.routing.domain.ruleset import CalendarRules, SpecialDay
from services.routing.use_cases.follow_calendar import digest_of
from tests.unit.routing.ground import basis
from tests.unit.routing.test_life import AT, OFFICE, after, case_of, order

LATE = date(2026, 12, 24)


def with_calendar(*days, official=(2024, 2025, 2026)):
    """The basis with these days off beside the delivered ones."""
    rules = basis().rules
    special = tuple(SpecialDay(day, working=False, basis="thử") for day in days)
    calendar = CalendarRules((*rules.calendar.days, *special), frozenset(official))
    changed = replace(rules, calendar=calendar)
    return replace(basis(), rules=changed, terms=Terms.of(changed, range(2024, 2031)))


def test_a_day_off_within_a_term_moves_its_end_and_says_so():
    case = case_of()
    (decision,) = reschedule(case, AT, with_calendar(date(2026, 3, 5)))
    was, now = case.facts.deadlines, decision.facts.deadlines
    assert (decision.kind, decision.facts.state) == ("Rescheduled", "opened")
    assert now.settle_by == was.settle_by + timedelta(days=1)
    assert now.forward_by == was.forward_by
    assert decision.reasons[0].rule == "clock.doi-lich"


def test_a_day_off_elsewhere_moves_nothing():
    assert reschedule(case_of(), AT, with_calendar(date(2026, 7, 1))) == ()
    assert reschedule(case_of(), AT, basis()) == ()


def test_a_provisional_end_is_official_once_its_year_is_decided():
    case = case_of(on=LATE)
    assert case.facts.deadlines.provisional
    (decision,) = reschedule(case, AT, with_calendar(official=(2024, 2025, 2026, 2027)))
    assert not decision.facts.deadlines.provisional
    assert decision.facts.deadlines.settle_by == case.facts.deadlines.settle_by


def test_what_stands_still_has_no_day_to_settle_by_and_what_is_over_moves_no_more():
    changed = with_calendar(date(2026, 3, 5))
    paused, _ = after(case_of(), order(Accept, OFFICE), order(Suspend, OFFICE, reason="cho_giam_dinh"))
    (decision,) = reschedule(paused, AT, changed)
    assert decision.facts.deadlines.settle_by is None
    assert decision.facts.deadlines.listen_by > paused.facts.deadlines.listen_by
    answered, _ = after(case_of(), order(Answer, OFFICE, outcome="settled"))
    assert reschedule(answered, AT, changed) == ()


def test_the_digest_tells_calendars_apart_and_not_the_order_of_their_rows():
    one, other = date(2026, 3, 5), date(2026, 7, 1)
    assert digest_of(with_calendar(one, other)) == digest_of(with_calendar(other, one))
    assert len({digest_of(basis()), digest_of(with_calendar(one)), digest_of(with_calendar(other))}) == 3
