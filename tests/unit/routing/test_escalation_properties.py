"""Any clocks at any instants: no step too early, none twice, none missed; no accused is ever brought in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.audience import assign, conflict, guarded, resolved
from services.routing.domain.calendar import local_date
from services.routing.domain.case import Findings, Guard
from services.routing.domain.escalation.act import Instant, act
from services.routing.domain.escalation.due import Due, Running, due_step, next_look
from services.routing.domain.escalation.rules import ACTIONS
from services.routing.domain.life.matter import matter_of
from tests.unit.routing.ground import basis
from tests.unit.routing.test_audience import matters
from tests.unit.routing.test_escalation import DAY, case_of, table

START = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
ENDS = st.integers(1, 60).map(lambda days: START + timedelta(days=days))
INSTANTS = st.integers(-24 * 10, 24 * 90).map(lambda hours: START + timedelta(hours=hours))
REACHED = st.none() | INSTANTS


@st.composite
def clocks(draw):
    made = []
    for clock in draw(st.sets(st.sampled_from(["forward", "settle", "listen"]), min_size=1)):
        made.append(Running(clock, draw(ENDS), START, draw(REACHED)))
    return tuple(made)


@settings(max_examples=200, deadline=None)
@given(clocks(), INSTANTS)
def test_no_step_is_taken_before_its_time_and_none_twice(held, now):
    due = due_step(held, {}, now, table())
    if due is None:
        return
    one = next(c for c in held if c.clock == due.step.clock)
    assert due.at <= now
    assert due.at > one.since
    assert one.reached is None or one.reached <= now
    assert one.reached is not None or now >= one.ends + table().rules.unreached[one.clock]
    done = {step.rule: now for step in (due.step, *due.collapsed)}
    assert due_step(held, done, now, table()) is None
    assert all(ACTIONS.index(s.action) <= ACTIONS.index(due.step.action) for s in due.collapsed)


@settings(max_examples=100, deadline=None)
@given(clocks(), st.lists(INSTANTS, min_size=1, max_size=12))
def test_steps_of_a_clock_only_ever_get_higher(held, looks):
    done, taken = {}, {}
    for now in sorted(looks):
        due = due_step(held, done, now, table())
        if due is not None:
            done.update({step.rule: now for step in (due.step, *due.collapsed)})
            taken.setdefault(due.step.clock, []).append((ACTIONS.index(due.step.action), due.at))
    for steps in taken.values():
        assert steps == sorted(steps)
        assert len(set(steps)) == len(steps)


@settings(max_examples=100, deadline=None)
@given(clocks(), INSTANTS)
def test_who_looks_when_it_is_said_misses_nothing(held, end):
    """Looking at the planned instants alone takes every step that is due at the end."""
    done = {}
    now = min(at for one in held for at, _ in table().of(one.clock, one.ends))
    for _ in range(3_000):
        if now > end:
            break
        due = due_step(held, done, now, table())
        if due is not None:
            done.update({step.rule: now for step in (due.step, *due.collapsed)})
        again = next_look(held, done, now, table())
        if again is None:
            break
        assert again > now
        now = again
    left = due_step(held, done, end, table())
    # An owner who was reached meanwhile is seen within `look_again`.
    assert left is None or any(
        one.reached is not None and end - one.reached <= table().rules.look_again for one in held
    )


@settings(max_examples=150, deadline=None)
@given(matters(), st.sampled_from(["tell", "rise"]), st.sampled_from(["settle", "listen"]))
def test_whatever_rises_no_accused_and_nobody_of_their_unit_is_brought_in(matter, action, clock):
    """The audience after a step holds nobody that the audience's own answer at the province bars."""
    case = standing(matter)
    step = next(s for s in table().rules.steps if s.clock == clock and s.action == action)
    at = datetime(matter.on.year, matter.on.month, matter.on.day, 5, tzinfo=UTC) + DAY
    decision = act(case, Due(step, at, ()), Instant(at, reached=True), basis())
    brought = set(decision.audience) - set(case.audience)
    if not guarded(matter):
        return
    bar = conflict(matter_of(case, basis(), local_date(at)), basis().units)
    assert not [body for body in brought if bar.bars(body)]
    if not resolved(matter):
        assert not brought
    assert set(decision.told) <= set(decision.audience)


def standing(matter):
    """A case of this matter, as it would have been opened."""
    owners = assign(matter, basis().registry, basis().units, "test")
    known = case_of()
    facts = replace(
        known.facts,
        unit=matter.unit,
        path=matter.path,
        purpose=matter.purpose,
        category=matter.category,
        legal_kind=matter.nature.legal_kind,
        severity=matter.nature.severity,
        level=matter.nature.level,
        restricted=guarded(matter),
        listening_owner=owners.listening,
        resolving_owner=owners.resolving,
        organisation=matter.organisation,
        report_date=matter.on,
    )
    findings = Findings(accused=matter.nature.accused, guard=Guard.of(matter.nature))
    return replace(known, facts=facts, findings=findings, audience=owners.audience)
