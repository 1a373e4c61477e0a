"""What linking does to a case, and which cases the second step looks at."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.decision import evolve
from services.routing.domain.incidents.linkable import left, to_look_at
from services.routing.domain.incidents.linking import go_on, join, lead, leave
from shared.contracts.vocabulary import CaseState
from tests.unit.routing.ground import basis
from tests.unit.routing.incident_ground import BRIBE, FIRE, NOON, case, kept

STATES: tuple[CaseState, ...] = ("opened", "triage", "forwarded", "accepted", "linked")


@given(st.sampled_from(STATES), st.booleans())
def test_linking_and_taking_apart_leave_clocks_owners_and_audience_alone(
    state: CaseState, leads: bool
) -> None:
    opened = case(FIRE)
    before = replace(opened, facts=replace(opened.facts, state=state))
    at = before.facts.received_at
    step = lead if leads else lambda c, i, b, t: join(c, i, ("cháy",), b, t)
    together = evolve(before, step(before, "i", basis(), at))
    assert together.facts.incident == "i"
    if leads:
        assert together.facts.state != "linked"
    else:
        assert together.facts.state == ("linked" if state == "opened" else state)
    apart = evolve(together, leave(together, "tach-ra", basis(), at))
    assert apart.facts.state == ("opened" if state in ("opened", "linked") else state)
    for one in (together, apart):
        assert kept(one.facts) == kept(before.facts)
        assert one.audience == before.audience


def test_an_observation_joins_nothing() -> None:
    with pytest.raises(ValueError, match="no incident"):
        join(case(FIRE, purpose="observation"), "i", (), basis(), NOON)


def test_a_follow_up_keeps_its_state_and_takes_the_earlier_incident() -> None:
    opened = case(FIRE)
    alone = evolve(opened, go_on(opened, None, (), basis(), NOON))
    assert (alone.facts.state, alone.facts.incident) == ("opened", None)
    together = evolve(opened, go_on(opened, "i", (), basis(), NOON))
    assert (together.facts.state, together.facts.incident) == ("opened", "i")


def test_the_second_step_looks_at_what_is_new_moved_guarded_or_left() -> None:
    opened = case(FIRE)
    unit = opened.facts.unit
    assert to_look_at(None, opened) == (unit,)
    guarded = case(BRIBE)
    assert to_look_at(None, guarded) == (guarded.facts.unit,)
    assert to_look_at(guarded, replace(guarded, audience=guarded.audience[:1])) == (guarded.facts.unit,)
    assert to_look_at(guarded, replace(guarded, audience=guarded.audience[::-1])) == ()
    assert to_look_at(opened, replace(opened, facts=replace(opened.facts, severity=1))) == ()
    joined = replace(opened, facts=replace(opened.facts, incident="i"))
    assert to_look_at(opened, joined) == ()
    assert (to_look_at(joined, opened), left(joined, opened)) == ((unit,), "i")
    for change in ({"state": "withdrawn"}, {"restricted": True}):
        assert to_look_at(joined, replace(joined, facts=replace(joined.facts, **change))) == (unit,)
    moved = replace(opened, facts=replace(opened.facts, unit="u2"))
    assert to_look_at(opened, moved) == ("u2", unit)
