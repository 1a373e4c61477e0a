"""The last mile: answered, told, and done when the reporter agrees or does not object in time."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from services.routing.domain.calendar import end_of
from services.routing.domain.life.commands import Accept, Answer, Close, Confirm, Forward, Object, Tell
from tests.unit.routing.ground import VN
from tests.unit.routing.test_life import AT, FRONT, HOME, after, case_of, order, refused


def answered(case=None, outcome="settled"):
    case = case or case_of()
    case, _ = after(case, order(Answer, case.facts.resolving_owner, outcome=outcome, note="đã làm"))
    return case


def test_told_a_reporter_has_time_to_object_and_then_the_case_is_done():
    case, made = after(answered(), order(Tell, FRONT))
    assert case.facts.object_by == end_of(date(2026, 3, 12)).astimezone(UTC)
    assert made[-1].reasons[-1].rule == "phan-hoi.thuong"
    assert refused(case, Close(case.facts.object_by - timedelta(seconds=1))) == "too_early"
    case, _ = after(case, Close(case.facts.object_by))
    assert case.facts.state == "closed"


def test_an_objection_reopens_it_one_level_up_as_a_second_settlement():
    case, made = after(answered(), order(Tell, FRONT), Object(datetime(2026, 3, 6, 20, tzinfo=VN)))
    assert (made[-1].kind, case.facts.state) == ("Disputed", "disputed")
    assert case.facts.resolving_owner == f"ubnd@{HOME}"
    assert (case.facts.outcome, case.facts.object_by) == (None, None)
    assert case.facts.deadlines.settle_by == end_of(date(2026, 3, 17)).astimezone(UTC)
    superior = case.facts.resolving_owner
    case, _ = after(case, order(Accept, superior), order(Answer, superior, outcome="refused", note="Đ.5"))
    case, made = after(case, Object(AT + timedelta(days=9)))
    assert (case.facts.state, made[-1].reasons[0].rule) == ("closed", "life.het-cap")


def test_a_complaint_has_forty_five_days_the_second_time():
    case = answered(case_of("Tôi khiếu nại quyết định thu hồi đất của UBND xã Tam Đa, bồi thường sai"))
    case, _ = after(case, Object(datetime(2026, 3, 20, 9, tzinfo=VN)))
    assert case.facts.deadlines.rule.startswith("khieu-nai.lan-hai@")
    assert case.facts.deadlines.settle_by == end_of(date(2026, 5, 4)).astimezone(UTC)


def test_what_a_reporter_says_of_an_older_answer_is_not_of_this_one():
    case = answered()
    seen = case.version
    case, _ = after(case, Object(AT, seen))
    case = answered(case)
    assert refused(case, Confirm(AT, seen)) == "state"
    assert after(case, Confirm(AT, case.version))[0].facts.state == "closed"


def test_those_who_follow_may_explain_and_never_settle():
    case = case_of("Huyện Quế Võ cắt điện luân phiên mà không báo")
    front = case.facts.listening_owner
    case = replace(case, facts=replace(case.facts, resolving_owner=None))
    assert refused(case, order(Answer, front, outcome="settled")) == "owner"
    case, _ = after(case, order(Answer, front, outcome="explained", note="lịch cắt điện đã công bố"))
    assert (case.facts.state, case.findings.triage) == ("answered", None)
    case, _ = after(case, Object(AT))
    assert (case.facts.state, case.facts.resolving_owner) == ("disputed", None)
    after(case, order(Forward, front, to=f"dien_luc@{HOME}"))
