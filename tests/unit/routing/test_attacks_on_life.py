"""Ways by which the accused could keep a case, or a report be lost, between the commands of its life."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from services.routing.domain.decide import open_case, opened
from services.routing.domain.decision import evolve
from services.routing.domain.incidents.leading import leader
from services.routing.domain.incidents.linking import join, lead
from services.routing.domain.life.clock import clocks_of
from services.routing.domain.life.commands import (
    Accept,
    Answer,
    Close,
    Confirm,
    Object,
    Reclassify,
    Suspend,
    Tell,
)
from tests.unit.routing.corpus import decided
from tests.unit.routing.ground import basis, report
from tests.unit.routing.test_life import AT, FRONT, HERE, HOME, OFFICE, after, case_of, order, refused

LATER = AT + timedelta(days=3)


def suspended():
    return after(
        case_of(), order(Accept, OFFICE), order(Suspend, OFFICE, reason="cho_co_quan_khac", note="chờ")
    )[0]


@pytest.mark.parametrize("accused", ["commune_chair", "commune_official"])
def test_who_turns_out_to_be_accused_cannot_keep_a_case_by_stopping_its_clocks(accused):
    case, made = after(suspended(), order(Reclassify, f"mttq@{HOME}", LATER, accused=accused, note="x"))
    assert case.facts.state == "opened"
    assert not [body for body in case.audience if body.endswith(f"@{HERE}")]
    assert made[-1].facts.resolving_owner.endswith(f"@{HOME}")
    # For the superior the clocks run again, with what was left of them.
    assert not case.findings.life.paused
    assert case.facts.deadlines.settle_by is not None


def test_a_suspended_case_of_an_unknown_accused_waits_at_the_province_with_its_clock():
    case, _ = after(suspended(), order(Reclassify, FRONT, LATER, legal_kind="to_cao", note="x"))
    assert (case.facts.state, case.audience) == ("triage", (f"mttq@{HOME}",))
    assert case.facts.deadlines.settle_by is not None


def test_what_is_corrected_of_a_suspended_case_leaves_it_suspended():
    case, _ = after(suspended(), order(Reclassify, FRONT, LATER, severity=2, note="x"))
    assert (case.facts.state, case.facts.resolving_owner) == ("suspended", OFFICE)
    counted, _ = clocks_of(case.facts, case.findings.life, basis(), owed=True)
    assert case.facts.deadlines == counted
    assert case.facts.deadlines.settle_by is None


def incident(*cases):
    """These cases as one incident: each with an id of its own, minutes apart, the first leading."""
    named = [
        replace(
            case,
            case_id=UUID(int=n),
            facts=replace(case.facts, submitted_at=AT + timedelta(minutes=n)),
        )
        for n, case in enumerate(cases, start=1)
    ]
    first, *others = named
    name = str(first.case_id)
    return [
        evolve(first, lead(first, name, basis(), AT)),
        *(evolve(case, join(case, name, (), basis(), AT)) for case in others),
    ]


def answered():
    return after(case_of(), order(Accept, OFFICE), order(Answer, OFFICE, outcome="settled"))[0]


def test_a_case_never_goes_with_one_that_was_answered_before_it():
    done, new = incident(answered(), case_of())
    assert (done.facts.state, new.facts.state) == ("answered", "linked")
    assert leader([done, new], done.case_id) == new


def test_when_the_leading_case_is_gone_an_answered_one_does_not_lead_those_that_wait():
    first, done, waits = incident(case_of(), answered(), case_of())
    gone = replace(first, facts=replace(first.facts, state="withdrawn"))
    assert leader([gone, done, waits], first.case_id) == waits


def test_who_leads_goes_on_leading_while_it_can():
    done, other = incident(answered(), after(case_of(), order(Accept, OFFICE))[0])
    assert leader([done, other], done.case_id) == done
    first, second, third = incident(case_of(), case_of(), case_of())
    assert leader([third, second, first], first.case_id) == first


def test_a_report_of_which_one_matter_alone_looks_guarded_is_shown_to_nobody_below_the_province():
    made = report(
        "Chú bảo vệ trường gọi: mấy hôm nay có người đàn ông lạ đi xe tay ga đứng cổng sau trường tiểu học "
        "xã Văn Môn cho quà, rủ các cháu gái đi chơi. Nhà trường đã nhắc phụ huynh nhưng chú vẫn lo. "
        "Ngoài ra, đèn đường ở dốc cháy bốn bóng, cột điện nghiêng."
    )
    assert not open_case(made, made.received_at, basis()).facts.restricted
    (only,) = opened(made, made.received_at, basis())
    assert (only.facts.state, only.findings.triage) == ("triage", "accused")
    assert only.audience == (f"mttq@{HOME}",)
    # All its words are in the one case that there is.
    assert only.part is None


def test_an_objection_that_was_made_in_time_counts_when_it_comes_after_the_case_was_closed():
    told, _ = after(answered(), order(Tell, FRONT))
    until = told.facts.object_by
    closed, _ = after(told, Close(until))
    now = until + timedelta(hours=5)
    case, made = after(closed, Object(now, told.version, until - timedelta(minutes=1)))
    assert (made[-1].kind, case.facts.state) == ("Disputed", "disputed")
    assert case.facts.resolving_owner == f"ubnd@{HOME}"
    assert case.facts.deadlines.settle_by is not None
    assert refused(closed, Object(now, told.version, until + timedelta(seconds=1))) == "state"
    assert refused(closed, Object(now)) == "state"


def test_who_agreed_does_not_object_afterwards():
    told, _ = after(answered(), order(Tell, FRONT))
    case, _ = after(told, Confirm(AT + timedelta(hours=1)))
    assert refused(case, Object(AT + timedelta(hours=2), case.version)) == "state"


@pytest.mark.parametrize("beginning", ["Góp ý dự thảo văn kiện", "Chúng tôi là 19 hộ đã bàn giao đất"])
def test_what_is_said_of_another_matter_does_not_cancel_an_accusation(beginning):
    known = decided()
    letter = next(made.text for made, _, _ in known if made.text.startswith(beginning))
    accusing = [made for made, labels, case in known if labels["accused"] and case.facts.restricted]
    assert len(accusing) > 40
    for made in accusing:
        for first, then in ((made.text, letter), (letter, made.text)):
            both = replace(made, text=f"{first.rstrip('. ')}. Ngoài ra, {then}", purpose="request")
            cases = opened(both, both.received_at, basis())
            assert [case.facts.restricted for case in cases] == [True], both.text


def test_an_accused_agency_that_there_is_not_keeps_nobody_out_and_is_refused():
    waiting = case_of("Cán bộ vòi tiền mới làm giấy tờ cho dân")
    front = waiting.facts.listening_owner
    wrong = order(Reclassify, front, accused="agency_province", accused_kind="so_xay_dun", note="x")
    assert refused(waiting, wrong) == "accused_kind"
    right, _ = after(waiting, replace(wrong, accused_kind="so_xay_dung"))
    assert f"so_xay_dung@{HOME}" not in right.audience
