"""The release valve: so many calls an hour for a body, the gravest first; none is lost."""

from dataclasses import replace
from functools import cache
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.escalation.act import act
from services.routing.domain.escalation.valve import MORE_WAIT, release
from tests.unit.routing.ground import basis, opened
from tests.unit.routing.test_escalation import RUBBISH, case_of, due_at, moment


def calls(count):
    case = case_of()
    made = act(case, due_at(case, case.facts.deadlines.settle_by), moment(case), basis())
    return [
        replace(made, case_id=UUID(int=n), facts=replace(made.facts, severity=n % 4)) for n in range(count)
    ]


def test_a_body_gets_so_many_calls_an_hour_the_gravest_first_and_hears_of_the_rest_as_one():
    made = calls(30)
    body = made[0].told[0]
    released = release(made, {body: 5}, 20, "rules-1")
    assert (len(released.sent), len(released.held)) == (15, 15)
    assert released.counted == {body: (15, 15)}
    assert min(c.facts.severity for c in released.sent) >= max(c.facts.severity for c in released.held)
    more = [reason for call in released.sent for reason in call.reasons if reason.rule == MORE_WAIT]
    assert [reason.words for reason in more] == [("15",)]


@given(st.integers(0, 60), st.integers(0, 60), st.integers(1, 30))
def test_the_valve_lets_no_more_through_than_its_limit_and_loses_none(count, had, limit):
    made = [opened_call(n) for n in range(count)]
    released = release(made, {"ubnd@u1": had}, limit, "rules-1")
    assert len(released.sent) == max(0, min(count, limit - had))
    assert {c.case_id for c in (*released.sent, *released.held)} == {c.case_id for c in made}


@cache
def one_call():
    return replace(opened(RUBBISH), told=("ubnd@u1",))


def opened_call(n):
    return replace(one_call(), case_id=UUID(int=n))
