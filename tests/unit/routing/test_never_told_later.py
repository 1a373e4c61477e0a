"""Whom a text accuses does not get its case later on, either: whatever officers, reporters and clocks do.

Only a person's word on what the case is may change who is accused, so nobody reclassifies here.
"""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.decide import Withdraw, decide
from services.routing.domain.decision import evolve
from services.routing.domain.escalation.act import Instant, act
from services.routing.domain.escalation.due import Due, running
from services.routing.domain.life import commands as c
from services.routing.domain.owners import unit_of
from tests.unit.routing.ground import VN, basis, opened
from tests.unit.routing.test_life_properties import OWN, bodies
from tests.unit.routing.test_never_told import accusing

KINDS = [kind for kind in (*c.NAMES, Withdraw) if kind is not c.Reclassify]


@st.composite
def orders(draw, case, at):
    """A command of somebody who may know of the case; to pass it on, to whomever."""
    kind = draw(st.sampled_from(KINDS))
    if kind in (c.Confirm, c.Object, c.Close, Withdraw):
        return kind(at)
    told = {"at": at, "by": draw(st.sampled_from(case.audience)), "note": "vì vậy"}
    if kind is c.Forward:
        here = st.builds("{}@{}".format, bodies.map(lambda b: b.partition("@")[0]), units(case))
        return kind(**told, to=draw(st.none() | here | st.sampled_from(case.audience)))
    return kind(**told, **(draw(OWN[kind]) if kind in OWN else {}))


def units(case):
    return st.sampled_from([*case.facts.path, *(one.unit for one in case.findings.candidates)])


def by_clock(draw, case, at):
    """The decision of a step of one of the clocks that run, if one does."""
    clocks = {one.clock for one in running(case, {})}
    steps = [step for step in basis().rules.escalation.steps if step.clock in clocks]
    if not steps:
        return ()
    due = Due(draw(st.sampled_from(steps)), at, ())
    return (act(case, due, Instant(at, reached=draw(st.booleans())), basis()),)


@settings(max_examples=150, deadline=None)
@given(accusing(), st.data())
def test_nobody_who_is_accused_ever_gets_the_case(drawn, data):
    on, told = drawn
    case = evolve(None, opened(told.text, on, reporter_unit=told.commune.code))
    at = datetime(on.year, on.month, on.day, 10, tzinfo=VN)
    for _ in range(data.draw(st.integers(1, 10))):
        at += timedelta(hours=data.draw(st.integers(0, 60)))
        try:
            if data.draw(st.booleans()):
                decisions = by_clock(data.draw, case, at)
            else:
                decisions = decide(case, data.draw(orders(case, at)), basis())
        except c.Refused:
            continue
        for decision in decisions:
            case = evolve(case, decision)
            facts = case.facts
            who = {*case.audience, *decision.told, facts.listening_owner, facts.resolving_owner} - {None}
            assert facts.restricted
            assert {f"{kind}@{facts.path[-1]}" for kind in told.kinds}.isdisjoint(who)
            if told.commune_accused:
                assert {unit_of(body) for body in who} == {facts.path[-1]}
