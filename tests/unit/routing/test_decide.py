"""Decisions and the case they make."""

from dataclasses import replace
from datetime import date, datetime

import pytest

from services.routing.domain.case import Observed
from services.routing.domain.clocks import Terms
from services.routing.domain.decide import OpenCase, Withdraw, decide
from services.routing.domain.decision import evolve
from tests.unit.routing.ground import AFTER, VN, basis, commune, opened, report

LATER = datetime(2026, 3, 5, 9, tzinfo=VN)


def case_of(text, **told):
    made = report(text, **told)
    (decision,) = decide(None, OpenCase(made, made.received_at), basis())
    return evolve(None, decision)


def test_a_report_becomes_a_case_under_its_own_id():
    made = report("Rác ở phường Vũ Ninh ba ngày không ai thu gom")
    case = case_of(made.text)
    assert (case.case_id, case.root_id, case.version) == (made.report_id, made.report_id, 1)
    assert (case.facts.state, case.facts.category) == ("opened", "rac-thai")
    assert case.facts.unit == commune("09169")
    assert case.facts.path[-1] == basis().home(AFTER)


def test_every_decision_names_its_rules_their_version_and_the_law():
    decision = opened("Rác ở phường Vũ Ninh ba ngày không ai thu gom")
    assert {reason.rule.split(".")[0] for reason in decision.reasons} >= {
        "place",
        "topic",
        "nature",
        "severity",
        "level",
        "competence",
    }
    assert all(reason.version for reason in decision.reasons)
    assert any(reason.words for reason in decision.reasons if reason.rule.startswith("topic"))
    assert any(reason.basis for reason in decision.reasons if reason.rule.startswith("competence"))


def test_opening_twice_changes_nothing():
    case = case_of("Rác ở phường Vũ Ninh")
    assert decide(case, OpenCase(report("Rác ở phường Vũ Ninh"), LATER), basis()) == ()


def test_a_withdrawn_case_is_withdrawn_once():
    case = case_of("Rác ở phường Vũ Ninh")
    (decision,) = decide(case, Withdraw(LATER), basis())
    ended = evolve(case, decision)
    assert (ended.version, ended.facts.state, ended.audience) == (2, "withdrawn", case.audience)
    assert decide(ended, Withdraw(LATER), basis()) == ()


def test_a_withdrawal_before_the_case_is_for_the_caller_to_park():
    with pytest.raises(ValueError, match="not there"):
        decide(None, Withdraw(LATER), basis())


def test_an_observation_is_noted_and_nobody_resolves_it():
    case = case_of(
        "Nhân dân xã Văn Môn phấn khởi về chủ trương mới",
        purpose="observation",
        organisation="phu_nu",
        observation=Observed("nhan_dan", "tan_thanh", "da_so"),
    )
    assert (case.facts.state, case.facts.resolving_owner, case.facts.deadlines) == ("noted", None, None)
    assert case.facts.listening_owner == f"phu_nu@{commune('09238')}"


def test_an_accusing_observation_is_guarded_all_the_same():
    case = case_of("Chủ tịch xã Văn Môn tham ô tiền quỹ", purpose="observation", organisation="phu_nu")
    assert {body.split("@")[1] for body in case.audience} == {basis().home(AFTER)}


def test_an_unknown_place_waits_in_triage_with_candidates_in_order():
    case = case_of("Huyện Quế Võ cắt điện luân phiên mà không báo")
    assert (case.facts.state, case.facts.unit, case.findings.triage) == ("triage", None, "place")
    assert len(case.findings.candidates) > 3


def test_a_report_without_a_known_matter_waits_for_a_person():
    case = case_of("Phường Vũ Ninh, tôi có việc muốn nói với các bác")
    assert (case.facts.state, case.facts.category) == ("triage", "khac")


def test_an_empty_report_calls_nobody():
    case = case_of("alo alo 1 2 3")
    assert (case.facts.state, case.facts.category, case.facts.deadlines) == ("spam", "khac", None)


def test_a_report_dated_before_2024_goes_to_a_person():
    early = date(2019, 5, 1)
    made = replace(report("Rác ở phường Vũ Ninh"), report_date=early, time_flags=("before_2024",))
    (decision,) = decide(None, OpenCase(made, made.received_at), basis())
    assert (decision.facts.state, decision.findings.triage) == ("triage", "dated")
    assert decision.audience == (f"mttq@{basis().home(AFTER)}",)


def test_a_report_that_breaks_a_rule_goes_to_triage_with_the_error_named():
    broken = replace(basis(), terms=Terms.of(replace(basis().rules, deadlines=()), range(2024, 2031)))
    made = report("Rác ở phường Vũ Ninh")
    (decision,) = decide(None, OpenCase(made, made.received_at), broken)
    assert (decision.facts.state, decision.findings.error) == ("triage", "LookupError")
    assert decision.facts.restricted
    assert {body.split("@")[1] for body in decision.audience} == {basis().home(AFTER)}
