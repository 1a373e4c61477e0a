"""What is due by the clock: in order, once, never before its time, and never to whom a case accuses."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from services.routing.domain.calendar import end_of, local_date
from services.routing.domain.decide import open_case
from services.routing.domain.decision import evolve
from services.routing.domain.escalation.act import PASSED_OVER, Instant, act
from services.routing.domain.escalation.due import (
    Timetable,
    due_step,
    first_look,
    owner_of,
    running,
)
from services.routing.domain.escalation.valve import MORE_WAIT
from services.routing.domain.life.record import Pause
from services.routing.domain.owners import unit_of
from services.routing.problems import TEXTS
from shared.web.catalogue import BASE_TEXTS, Catalogue
from tests.unit.routing.ground import AFTER, basis, commune, report

RUBBISH = "Rác ở phường Vũ Ninh ba ngày không ai thu gom"
ACCUSING = "Chủ tịch xã Nghĩa Phương ăn chặn tiền hỗ trợ bão của dân"
UNPLACED = "Đèn đường hỏng cả tuần nay, tối om, đề nghị sửa"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def table() -> Timetable:
    return basis().timetable


def case_of(text=RUBBISH, **facts):
    made = report(text)
    case = evolve(None, open_case(made, made.received_at, basis()))
    return replace(case, facts=replace(case.facts, **facts))


class Walk:
    """A case as time passes: every step that is due is taken, as the worker takes it."""

    def __init__(self, case, reached=None):
        self.case, self.done, self.reached, self.steps = case, {}, dict(reached or {}), []

    @property
    def clocks(self):
        return running(self.case, self.reached)

    def look(self, now):
        due = due_step(self.clocks, self.done, now, table())
        if due is None:
            return None
        reached = next(c.reached for c in self.clocks if c.clock == due.step.clock) is not None
        decision = act(self.case, due, Instant(now, reached), basis())
        self.case = evolve(self.case, decision)
        self.done.update({step.rule: now for step in (due.step, *due.collapsed)})
        self.steps.append((due, decision))
        return decision

    def until(self, end, every=HOUR):
        now = self.case.facts.received_at
        while now < end:
            now += every
            self.look(now)
        return self

    @property
    def rules(self):
        return [due.step.rule.removeprefix("escalation.") for due, _ in self.steps]


def everybody(case, at=None):
    at = at or case.facts.received_at
    return {body: at for body in (case.facts.listening_owner, case.facts.resolving_owner) if body}


def home():
    return basis().home(AFTER)


def test_a_case_that_nobody_opens_is_reminded_then_told_of_then_rises_and_ends_at_the_top():
    case = case_of()
    walk = Walk(case, everybody(case)).until(case.facts.deadlines.settle_by + 14 * DAY)
    assert [rule for rule in walk.rules if rule.startswith("giai-quyet")] == [
        "giai-quyet.sap-den-han",
        "giai-quyet.den-han",
        "giai-quyet.qua-han",
        "giai-quyet.qua-han-lau",
    ]
    reminded, told, risen, *_ = [d for due, d in walk.steps if due.step.clock == "settle"]
    seat = commune("09169")
    assert reminded.told == (case.facts.resolving_owner,)
    assert reminded.facts == case.facts
    assert told.told == (f"so_nnmt@{home()}", case.facts.resolving_owner)
    assert set(told.audience) == {*case.audience, f"so_nnmt@{home()}"}
    assert risen.kind == "Escalated"
    assert (risen.facts.level, risen.facts.state) == ("province", "forwarded")
    assert {unit_of(risen.facts.resolving_owner), unit_of(risen.facts.listening_owner)} == {home()}
    assert unit_of(case.facts.resolving_owner) == seat
    assert risen.facts.deadlines == case.facts.deadlines
    last = walk.steps[-1][1]
    assert last.kind == "Reminded"
    assert {f"mttq@{home()}", f"ubnd@{home()}"} <= set(last.told)
    assert all(reason.basis for due, d in walk.steps for reason in d.reasons if reason.rule == due.step.rule)


def test_all_that_is_overdue_collapses_into_the_highest_step():
    case = case_of()
    now = case.facts.deadlines.listen_by + 30 * DAY
    walk = Walk(case, everybody(case))
    risen = walk.look(now)
    assert risen.kind == "Escalated"
    assert walk.look(now) is None
    rules = [reason.rule for reason in risen.reasons]
    assert rules[0] in ("escalation.giai-quyet.qua-han-lau", "escalation.lang-nghe.qua-han-lau")
    assert "escalation.giai-quyet.sap-den-han" in rules


def test_nothing_fires_before_the_case_reached_its_owner_but_the_deadline_stands():
    case = case_of()
    ends = case.facts.deadlines.settle_by
    walk = Walk(case)
    assert walk.until(ends + timedelta(hours=23)).rules == []
    passed = walk.look(ends + timedelta(hours=25))
    assert walk.rules[0] == "giai-quyet.den-han"
    assert PASSED_OVER in [reason.rule for reason in passed.reasons]
    late = Walk(case, everybody(case, ends + 2 * HOUR))
    assert late.look(ends + HOUR) is None
    assert late.look(ends + 3 * HOUR) is not None


def test_a_case_in_triage_that_nobody_passes_on_is_reminded_of_after_five_minutes():
    case = case_of(UNPLACED)
    assert case.facts.state == "triage"
    assert first_look(case, table()) == case.facts.deadlines.forward_by
    walk = Walk(case, everybody(case))
    assert walk.look(case.facts.deadlines.forward_by - timedelta(seconds=1)) is None
    assert walk.look(case.facts.deadlines.forward_by).told == (case.facts.listening_owner,)
    assert walk.rules == ["chuyen.qua-han"]


@pytest.mark.parametrize("state", ["linked", "closed", "withdrawn", "told", "noted", "spam"])
def test_who_has_no_clock_is_not_looked_at(state):
    case = case_of(state=state)
    assert running(case, {}) == ()
    assert first_look(case, table()) is None


def test_what_is_suspended_for_long_is_brought_to_mind_then_told_above():
    case = case_of(state="suspended")
    stopped = local_date(case.facts.received_at)
    life = replace(case.findings.life, pauses=(Pause(stopped),))
    case = replace(case, findings=replace(case.findings, life=life))
    walk = Walk(case, everybody(case))
    first = end_of(basis().terms.calendar.after_working_days(stopped, 22)).astimezone(UTC)
    assert first_look(case, table()) == first
    assert walk.look(first - timedelta(seconds=1)) is None
    reminded = walk.look(first)
    assert (reminded.told, reminded.facts.state) == ((case.facts.resolving_owner,), "suspended")
    walk.until(first + 200 * DAY, every=DAY)
    assert walk.rules == ["tam-dinh-chi.mot-thang", "tam-dinh-chi.hai-thang", "tam-dinh-chi.sau-thang"]
    assert walk.case.facts == case.facts
    told = walk.steps[-1][1].told
    assert unit_of(told[0]) == case.facts.path[-1]
    # Suspended anew it is counted anew.
    again = replace(life, pauses=(Pause(stopped, stopped + 300 * DAY), Pause(stopped + 300 * DAY)))
    walk.case = replace(walk.case, findings=replace(case.findings, life=again))
    assert walk.look(first + 250 * DAY) is None
    assert walk.look(first + 320 * DAY).told == (case.facts.resolving_owner,)


def test_an_answered_case_has_only_the_listening_clock():
    assert [one.clock for one in running(case_of(state="answered"), {})] == ["listen"]


def test_an_edit_does_not_reset_what_was_done():
    case = case_of()
    ends = case.facts.deadlines.settle_by
    walk = Walk(case, everybody(case))
    assert walk.look(ends - timedelta(hours=1)) is not None
    walk.case = replace(walk.case, facts=replace(walk.case.facts, category="khac", severity=2))
    assert walk.look(ends - timedelta(minutes=30)) is None


def test_a_later_end_makes_the_reminder_due_again_and_an_earlier_one_does_not():
    case = case_of()
    clocks = case.facts.deadlines
    walk = Walk(case, everybody(case))
    assert walk.look(clocks.settle_by - HOUR) is not None
    later = replace(clocks, settle_by=clocks.settle_by + 14 * DAY, listen_by=clocks.listen_by + 14 * DAY)
    walk.case = replace(walk.case, facts=replace(walk.case.facts, deadlines=later))
    assert walk.look(clocks.settle_by + HOUR) is None
    assert walk.look(later.settle_by - HOUR).told == (case.facts.resolving_owner,)


@pytest.mark.parametrize(
    "text", [ACCUSING, "Công an xã Nghĩa Phương bao che cho quán karaoke, đề nghị xem xét"]
)
def test_no_step_ever_brings_the_case_to_whom_it_accuses(text):
    case = case_of(text)
    assert case.facts.restricted
    walk = Walk(case, everybody(case)).until(case.facts.deadlines.listen_by + 30 * DAY, every=6 * HOUR)
    assert walk.steps
    for _, decision in walk.steps:
        assert {unit_of(body) for body in decision.audience} == {home()}
        assert set(decision.told) <= set(decision.audience)


def test_a_hamlets_head_is_accused_and_the_case_rises_to_the_province():
    case = case_of("Trưởng thôn Ngọc Đôi xã Văn Môn thu tiền làm đường không có phiếu, không công khai")
    assert unit_of(case.facts.listening_owner) != home()
    walk = Walk(case, everybody(case)).until(case.facts.deadlines.listen_by + 30 * DAY, every=6 * HOUR)
    assert unit_of(walk.case.facts.listening_owner) == home()
    assert all(set(d.told) <= set(d.audience) for _, d in walk.steps)


def test_an_unresolved_accusation_stays_with_the_provinces_front():
    case = case_of("Một trưởng phòng của sở nhận hối lộ 50 triệu để ký hồ sơ")
    assert case.facts.state == "triage"
    walk = Walk(case, everybody(case)).until(case.facts.deadlines.listen_by + 30 * DAY, every=6 * HOUR)
    assert walk.steps
    for _, decision in walk.steps:
        assert decision.audience == case.audience
        assert decision.facts == case.facts


def test_a_body_that_gave_the_case_back_does_not_get_it_by_the_clock():
    case = case_of()
    up = act(case, due_at(case, case.facts.deadlines.settle_by + 5 * DAY), moment(case), basis())
    taker = up.facts.resolving_owner
    life = replace(case.findings.life, returned=(taker,))
    again = replace(case, findings=replace(case.findings, life=life))
    risen = act(again, due_at(again, case.facts.deadlines.settle_by + 5 * DAY), moment(case), basis())
    assert risen.facts.resolving_owner != taker


def due_at(case, now):
    due = due_step(running(case, everybody(case)), {}, now, table())
    assert due is not None
    return due


def moment(case):
    return Instant(case.facts.deadlines.settle_by + 5 * DAY, reached=True)


def test_a_step_beyond_the_calendar_is_left_out():
    moments = table().of("settle", datetime(2030, 12, 30, 17, tzinfo=UTC))
    assert [step.rule.split(".")[-1] for _, step in moments] == ["sap-den-han", "den-han"]


def test_a_step_is_in_force_by_the_day_that_it_falls_due():
    rules = table().rules
    ends = datetime(2026, 3, 11, 17, tzinfo=UTC)
    later = tuple(replace(step, valid_from=date(2026, 3, 12)) for step in rules.steps)
    dated = Timetable(replace(rules, steps=later), table().calendar)
    rules = [step.rule.split(".")[-1] for _, step in dated.of("settle", ends)]
    assert rules == ["den-han", "qua-han", "qua-han-lau"]


def test_every_step_has_its_words_on_the_page():
    texts = Catalogue.load(BASE_TEXTS, TEXTS)
    for rule in (*(step.rule for step in table().rules.steps), PASSED_OVER, MORE_WAIT):
        assert texts.label("why", rule) != rule, rule


def test_owners_of_the_clocks():
    case = case_of()
    assert owner_of("settle", case.facts) == case.facts.resolving_owner
    assert owner_of("listen", case.facts) == case.facts.listening_owner
    assert owner_of("settle", replace(case.facts, resolving_owner=None)) == case.facts.listening_owner
