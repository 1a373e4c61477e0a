"""Reasons in plain words: whatever the corpus brings about can be told; a term names its last day."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from services.routing import pages
from services.routing.domain.decide import OpenCase, Withdraw, decide
from services.routing.domain.decision import evolve
from services.routing.problems import TEXTS
from services.routing.store.reads import Decided
from services.routing.views.history import entries, states
from services.routing.views.names import Names, code
from services.routing.views.why import QUESTIONS, Why, last_day
from shared.local_time import LOCAL
from shared.web.catalogue import BASE_TEXTS, Catalogue
from tests.unit.routing.corpus import decided
from tests.unit.routing.ground import VN, basis, report

CATALOGUE = Catalogue.load(BASE_TEXTS, TEXTS)
LATER = datetime(2026, 3, 5, 9, tzinfo=VN)


@pytest.fixture(scope="module")
def names():
    return Names(basis(), CATALOGUE)


def opened(text, **told):
    made = report(text, **told)
    (decision,) = decide(None, OpenCase(made, made.received_at), basis())
    return decision, evolve(None, decision)


def test_every_text_that_a_page_asks_for_is_there():
    assert CATALOGUE.unknown_keys([Path(pages.__file__).parent / "templates"]) == []
    assert [key for key in CATALOGUE.keys("en") if key.startswith("problem.")]
    assert not [key for key in CATALOGUE.missing("en") if key.startswith("problem.")]


def test_every_reason_of_the_corpus_is_told(names):
    for _, _, decision in decided():
        case = evolve(None, decision)
        answers = Why(case, names, erased=False).answers(decision.reasons)
        assert [a.question for a in answers] == [q for q in QUESTIONS if q in {a.question for a in answers}]
        assert sum(len(a.points) for a in answers) == len(decision.reasons)
        text = " ".join(point.text for answer in answers for point in answer.points)
        assert "{" not in text
        assert "@u" not in text, text


def test_of_an_erased_reporter_no_word_is_told(names):
    decision, case = opened("Rác ở phường Vũ Ninh ba ngày không ai thu gom")
    bare = replace(case, findings=case.findings.wordless())
    answers = Why(bare, names, erased=True).answers([reason.wordless() for reason in decision.reasons])
    text = " ".join(point.text for answer in answers for point in answer.points)
    assert "«" not in text
    assert "từ ngữ đã xóa cùng nội dung" in text


def test_a_deadline_by_rules_that_are_gone_is_told_without_their_number(names):
    decision, case = opened("Rác ở phường Vũ Ninh ba ngày không ai thu gom")
    old = [replace(reason, version="rules-of-old") for reason in decision.reasons]
    dates = next(a for a in Why(case, names, erased=False).answers(old) if a.question == "dates")
    assert all("theo quy tắc lúc đó" in point.text for point in dates.points)


def test_a_term_ends_with_its_last_day():
    midnight = datetime(2026, 11, 28, tzinfo=LOCAL)
    assert last_day(midnight) == date(2026, 11, 27)
    assert last_day(midnight - timedelta(hours=1)) == date(2026, 11, 27)


def test_names_are_those_of_the_reports_day(names):
    _, then = opened("Rác ở xã Yên Giả ba ngày chưa ai dọn", on=date(2025, 3, 3))
    assert names.body(then.facts.resolving_owner, date(2025, 3, 3)) == "Ủy ban nhân dân xã Yên Giả"
    assert names.place("unknown", date(2025, 3, 3)) == "unknown"
    assert names.body("mttq@unknown", date(2025, 3, 3)) == "mttq@unknown"


def test_the_history_says_the_state_that_each_decision_led_to(names):
    decision, case = opened("Huyện Quế Võ cắt điện luân phiên mà không báo")
    (ending,) = decide(case, Withdraw(LATER), basis())
    ended = evolve(case, ending)
    history = [
        Decided(1, "Opened", decision.reasons, {}, decision.decided_at),
        Decided(2, "Withdrawn", ending.reasons, {"state": ("triage", "withdrawn")}, LATER),
    ]
    assert states(ended, history) == ["triage", "withdrawn"]
    told = entries(ended, history, names, erased=False)
    assert [e["title"] for e in told] == ["Tiếp nhận, chờ người phân loại", "Người gửi rút phản ánh"]
    assert [e["current"] for e in told] == [False, True]
    assert "Luật Tố cáo 25/2018 Đ.33" in told[1]["reasons"][0]


def test_the_code_is_the_one_of_the_messages():
    made = report("Rác")
    assert code(made.report_id) == "0000-0007"
