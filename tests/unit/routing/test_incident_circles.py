"""Guarded cases share an incident only within one circle, and each goes its own way in it."""

from contextlib import suppress
from dataclasses import replace
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.decision import evolve
from services.routing.domain.incidents.circle import circle_of
from services.routing.domain.incidents.keys import incident_keys
from services.routing.domain.incidents.linking import incident_led_by, join, lead
from services.routing.domain.life.answering import answer_linked
from services.routing.domain.life.commands import Answer, Reclassify, Refused
from services.routing.use_cases.work import Work
from shared.contracts.vocabulary import CaseState
from tests.unit.routing.ground import basis
from tests.unit.routing.incident_ground import (
    BRIBE,
    FIRE,
    NOON,
    SAME_BRIBE,
    SAME_FIRE,
    case,
    circle_told,
    grounds,
    kept,
    keys,
    made,
)


def test_a_guarded_case_is_compared_within_its_circle() -> None:
    first, second = made(BRIBE, 1), made(SAME_BRIBE, 2, days=1)
    assert first.facts.restricted
    assert second.facts.restricted
    assert keys(first, second) == [1, 1]


@pytest.mark.parametrize(
    "second", [FIRE, BRIBE.replace("Cán bộ địa chính", "Chủ tịch"), BRIBE.replace("Quế Võ", "Nhân Hòa")]
)
def test_a_guarded_case_is_not_compared_across_circles(second: str) -> None:
    assert keys(made(BRIBE, 1), made(second, 2)) == [1, 2]
    assert keys(made(second, 1), made(BRIBE, 2)) == [1, 2]


TEXTS = (
    FIRE,
    SAME_FIRE,
    BRIBE,
    SAME_BRIBE,
    f"{FIRE}. {BRIBE}",
    BRIBE.replace("Cán bộ địa chính", "Chủ tịch"),
)


@given(st.lists(st.tuples(st.sampled_from(TEXTS), st.integers(0, 40)), min_size=2, max_size=7))
@settings(deadline=None, max_examples=60)
def test_whatever_comes_in_whatever_order_an_incident_is_of_one_circle(
    arrivals: list[tuple[str, int]],
) -> None:
    reports = [made(text, n, days=days) for n, (text, days) in enumerate(arrivals, 1)]
    found = incident_keys(reports, basis().matching, grounds())
    for a, b in combinations(reports, 2):
        assert found[a.case_id] != found[b.case_id] or circle_told(a) == circle_told(b)


@pytest.mark.parametrize("state", ["opened", "triage", "forwarded"])
def test_a_guarded_case_in_an_incident_goes_its_own_way_to_its_own_answer(state: CaseState) -> None:
    opened = case(BRIBE)
    guarded = replace(opened, facts=replace(opened.facts, state=state))
    together = evolve(guarded, join(guarded, "i", (), basis(), NOON))
    assert (together.facts.state, together.facts.incident) == (state, "i")
    assert kept(together.facts) == kept(guarded.facts)
    answer = Answer(at=NOON, by=str(guarded.facts.resolving_owner), outcome="settled")
    head = evolve(opened, lead(opened, "i", basis(), NOON))
    assert answer_linked(together, answer, head, basis()) == ()


def test_an_incident_of_a_guarded_case_is_not_the_one_that_it_led_before() -> None:
    opened, guarded = case(FIRE), case(BRIBE)
    assert incident_led_by(opened) == str(opened.case_id)
    assert incident_led_by(guarded) != str(guarded.case_id)
    assert incident_led_by(guarded) != incident_led_by(replace(guarded, version=guarded.version + 1))


ROLES = st.sampled_from(["commune_chair", "commune_official", "hamlet_head", "school", "none", None])
ORDERS = st.lists(
    st.tuples(
        st.integers(1, 4), ROLES, st.sampled_from([None, "dat-dai", "rac-thai"]), st.sampled_from([None, 0])
    ),
    min_size=1,
    max_size=5,
)


@given(ORDERS, st.sampled_from([FIRE, BRIBE]))
@settings(deadline=None, max_examples=60)
def test_who_is_reclassified_out_of_a_circle_is_out_of_its_incident_at_once(
    orders: list[tuple[int, Any, Any, Any]], text: str
) -> None:
    cases = {UUID(int=n): case(text, n) for n in range(1, 5)}
    work = Work(basis(), NOON, cases)
    work.take((lead(cases[UUID(int=1)], "i", basis(), NOON),), UUID(int=9), None)
    for n in (2, 3, 4):
        work.take((join(cases[UUID(int=n)], "i", (), basis(), NOON),), UUID(int=9), None)
    circle = circle_of(cases[UUID(int=1)])
    for number, (n, accused, category, severity) in enumerate(orders):
        by = work.after[UUID(int=n)].facts.listening_owner
        command = Reclassify(at=NOON, by=by, note="x", accused=accused, category=category, severity=severity)
        with suppress(Refused):
            work.carry_out(UUID(int=n), command, UUID(int=100 + number), None)
        for one in work.after.values():
            assert (one.facts.incident == "i") <= (circle_of(one) == circle)
            assert one.facts.incident is not None or one.facts.state != "linked"


def test_only_what_changes_the_circle_takes_a_guarded_case_out_of_its_incident() -> None:
    opened = case(BRIBE)
    work = Work(basis(), NOON, {opened.case_id: opened})
    work.take((join(opened, "i", (), basis(), NOON),), UUID(int=9), None)
    by = opened.facts.listening_owner
    orders = (
        Reclassify(at=NOON, by=by, note="x", severity=1),
        Reclassify(at=NOON, by=by, note="x", accused="school"),
    )
    left_ = []
    for number, order in enumerate(orders):
        work.carry_out(opened.case_id, order, UUID(int=100 + number), None)
        left_.append(work.after[opened.case_id].facts.incident)
    assert left_ == ["i", None]
    assert work.decisions[-1].reasons[-1].rule == "incident.khac-pham-vi"
