"""The allow-list: a new internal field is not published by default."""

from dataclasses import fields, make_dataclass, replace
from datetime import datetime

from services.routing.domain.case import Case, Facts
from services.routing.domain.decide import OpenCase, Withdraw, decide
from services.routing.domain.decision import evolve
from services.routing.publish import case_event, case_facts, report_of
from shared.contracts.events import CaseClosed, CaseFacts, CaseOpened, ReportReceived
from tests.unit.routing.ground import VN, basis, report

SECRET = "canary-4711"
AT = datetime(2026, 3, 5, 9, tzinfo=VN)


def first(text):
    made = report(text)
    (decision,) = decide(None, OpenCase(made, made.received_at), basis())
    return decision, evolve(None, decision)


def test_a_field_added_to_the_facts_is_not_published():
    wider = make_dataclass("Wider", [("note", str, SECRET)], bases=(Facts,), frozen=True)
    _, case = first("Rác ở phường Vũ Ninh")
    grown = wider(**{field.name: getattr(case.facts, field.name) for field in fields(Facts)})
    assert grown.note == SECRET
    assert SECRET not in case_facts(grown).model_dump_json()


def test_findings_and_the_words_of_reasons_stay_inside():
    decision, case = first("Chủ tịch xã Văn Môn ăn chặn tiền hỗ trợ bão")
    assert case.findings.accused == "commune_chair"
    body = case_event(None, decision, case).model_dump_json()
    assert "commune_chair" not in body
    assert "ăn chặn" not in body
    assert "candidates" not in body


def test_every_public_fact_is_chosen_on_purpose():
    published = set(CaseFacts.model_fields)
    assert {field.name for field in fields(Facts)} - published == {"deadlines", "object_by"}
    assert published - {field.name for field in fields(Facts)} == {"clocks"}


def test_an_opened_case_and_a_withdrawn_one_are_told_with_before_and_after():
    decision, case = first("Rác ở phường Vũ Ninh")
    told = case_event(None, decision, case)
    assert isinstance(told, CaseOpened)
    assert (told.version, told.before, told.after.state) == (1, None, "opened")
    assert told.after.clocks.settle_by is not None
    (ending,) = decide(case, Withdraw(AT), basis())
    ended: Case = evolve(case, ending)
    closed = case_event(case, ending, ended)
    assert isinstance(closed, CaseClosed)
    assert (closed.version, closed.before, closed.after.state) == (2, told.after, "withdrawn")
    assert closed.audience == told.audience


def test_a_received_report_is_taken_over_whole():
    made = replace(report("Rác ở phường Vũ Ninh"), place_hint="Vũ Ninh", reporter_unit="09169")
    names = [field.name for field in fields(made)]
    event = ReportReceived(**{name: getattr(made, name) for name in names})
    assert report_of(event) == made
