"""The life of a case: passed on, taken up, given back, paused, answered, told, objected to, done."""

from datetime import UTC, date, datetime, timedelta

import pytest

from services.routing.domain.calendar import end_of
from services.routing.domain.decide import decide
from services.routing.domain.decision import evolve
from services.routing.domain.life.commands import (
    Accept,
    Answer,
    Confirm,
    Discard,
    Forward,
    MarkComplex,
    Reclassify,
    Refused,
    Resume,
    Return,
    Suspend,
    Tell,
)
from tests.unit.routing.ground import AFTER, BEFORE, VN, basis, commune, opened

HERE = commune("09169")
HOME = basis().home(AFTER)
FRONT, OFFICE = f"mttq@{HERE}", f"tt_dich_vu_cong@{HERE}"
AT = datetime(2026, 3, 3, 9, tzinfo=VN)
RUBBISH = "Rác ở phường Vũ Ninh ba ngày không ai thu gom, bốc mùi"


def case_of(text=RUBBISH, on=AFTER, **told):
    return evolve(None, opened(text, on, **told))


def after(case, *commands):
    """The case after these commands, and every decision that they led to."""
    made = []
    for command in commands:
        for decision in decide(case, command, basis()):
            case = evolve(case, decision)
            made.append(decision)
    return case, made


def refused(case, command):
    with pytest.raises(Refused) as caught:
        decide(case, command, basis())
    return caught.value.code


def order(kind, by, at=AT, **more):
    return kind(at=at, by=by, **more)


def test_the_plain_way_from_opened_to_closed():
    case, made = after(
        case_of(),
        order(Forward, FRONT),
        order(Accept, OFFICE),
        order(Answer, OFFICE, outcome="settled"),
        order(Tell, FRONT),
        Confirm(AT + timedelta(days=1)),
    )
    assert [d.kind for d in made] == ["Forwarded", "Accepted", "Answered", "Told", "Closed"]
    assert [d.facts.state for d in made] == ["forwarded", "accepted", "answered", "told", "closed"]
    assert [d.by for d in made] == [FRONT, OFFICE, OFFICE, FRONT, None]
    assert (case.version, case.facts.outcome) == (6, "settled")
    assert case.facts.deadlines.settle_by == case_of().facts.deadlines.settle_by


def test_only_who_may_know_may_act_and_only_in_their_part():
    case = case_of()
    assert refused(case, order(Accept, f"ubnd@{commune('09187')}")) == "audience"
    assert refused(case, order(Accept, FRONT)) == "owner"
    assert refused(case, order(Forward, OFFICE)) == "owner"
    assert refused(case, order(Tell, FRONT)) == "state"
    assert refused(case, order(Return, OFFICE)) == "note"


def test_the_first_return_goes_to_the_listening_owner_who_forwards_anew():
    case, made = after(case_of(), order(Return, OFFICE, note="thuộc đơn vị khác"))
    assert [d.kind for d in made] == ["Returned"]
    assert (case.facts.state, case.facts.resolving_owner) == ("returned", None)
    assert OFFICE not in case.audience
    # Somebody still owes an answer: the clock of settlement goes on.
    assert case.facts.deadlines.settle_by == case_of().facts.deadlines.settle_by
    other = f"phong_kinh_te@{HERE}"
    case, _ = after(case, order(Forward, FRONT, to=other))
    assert (case.facts.state, case.facts.resolving_owner) == ("forwarded", other)


def test_a_second_return_goes_to_the_common_superior_whose_word_binds():
    other, superior = f"phong_kinh_te@{HERE}", f"ubnd@{HERE}"
    case, made = after(
        case_of(),
        order(Return, OFFICE, note="không phải"),
        order(Forward, FRONT, to=other),
        order(Return, other, note="không phải"),
    )
    assert [d.kind for d in made][-2:] == ["Returned", "Escalated"]
    assert (case.facts.state, case.facts.resolving_owner) == ("forwarded", superior)
    assert made[-1].told == (superior,)
    assert refused(case, order(Return, superior, note="không phải")) == "bound"
    assert refused(case, order(Forward, FRONT, to=other)) == "bound"
    case, _ = after(case, order(Forward, superior, to=other))
    assert case.facts.resolving_owner == other
    assert superior in case.audience
    assert refused(case, order(Return, other, note="vẫn không phải")) == "bound"


def test_forwarding_to_a_body_that_gave_it_back_goes_to_the_superior_too():
    case, made = after(case_of(), order(Return, OFFICE, note="không phải"), order(Forward, FRONT, to=OFFICE))
    assert made[-1].kind == "Escalated"
    assert case.facts.resolving_owner == f"ubnd@{HERE}"


@pytest.mark.parametrize(("on", "level"), [(BEFORE, "district"), (AFTER, "province")])
def test_above_a_communes_committee_stands_the_district_while_there_is_one_then_the_province(on, level):
    at = datetime(on.year, on.month, on.day, 10, tzinfo=VN)
    # Street lamps are the committee's own in either period.
    where = "xã Yên Giả" if on == BEFORE else "phường Vũ Ninh"
    case = case_of(f"Đèn đường ở {where} hỏng mấy tuần nay tối om", on)
    office = case.facts.resolving_owner
    assert office.startswith("ubnd@")
    case, _ = after(
        case,
        order(Return, office, at, note="của điện lực"),
        order(Forward, case.facts.listening_owner, at, to=office),
    )
    kind, seat = case.facts.resolving_owner.split("@")
    assert (kind, basis().units.unit(seat, on).level) == ("ubnd", level)


def test_a_guarded_case_is_only_passed_to_who_may_have_it():
    case = case_of("Chủ tịch xã Văn Môn ăn chặn tiền hỗ trợ bão của dân")
    front = case.facts.listening_owner
    for barred in (f"ubnd@{commune('09238')}", f"cong_an@{commune('09238')}"):
        assert refused(case, order(Forward, front, to=barred)) == "barred"
    case, _ = after(case, order(Forward, front, to=f"uy_ban_kiem_tra@{HOME}"))
    assert case.facts.resolving_owner == f"uy_ban_kiem_tra@{HOME}"
    assert {body.split("@")[1] for body in case.audience} == {HOME}


def test_nobody_gets_a_case_while_it_is_open_who_is_accused():
    case = case_of("Cán bộ vòi tiền mới làm giấy tờ cho dân")
    assert case.findings.triage == "accused"
    assert refused(case, order(Forward, case.facts.listening_owner)) == "accused_first"


def test_a_person_denies_the_accusation_and_the_case_goes_its_way():
    case = case_of("Tố cáo cán bộ phường Vũ Ninh vòi tiền làm giấy tờ")
    front = case.facts.listening_owner
    assert case.facts.restricted
    case, made = after(
        case,
        order(
            Reclassify,
            front,
            accused="none",
            legal_kind="phan_anh",
            category="tthc-thai-do-can-bo",
            unit=HERE,
            level="commune",
            note="hỏi thủ tục",
        ),
    )
    assert not case.facts.restricted
    assert case.facts.state == "opened"
    assert case.facts.resolving_owner == f"tt_phuc_vu_hcc@{HERE}"
    assert {r.rule for r in made[-1].reasons} >= {"person.accused.khong", "person.category"}


def test_a_person_confirms_who_is_accused_and_the_commune_is_out():
    case = case_of("Cán bộ vòi tiền mới làm giấy tờ cho dân")
    case, _ = after(
        case,
        order(
            Reclassify, case.facts.listening_owner, unit=HERE, accused="commune_official", note="đã xác minh"
        ),
    )
    assert (case.facts.state, case.findings.accused) == ("opened", "commune_official")
    assert {body.split("@")[1] for body in (*case.audience, case.facts.resolving_owner)} == {HOME}


def test_what_a_person_places_leaves_triage_and_its_clock_counts_from_its_receipt():
    case = case_of("Đèn đường ở huyện Quế Võ hỏng mấy tuần nay tối om")
    # Meanwhile the province has it.
    assert (case.facts.state, case.facts.resolving_owner) == ("triage", f"dien_luc@{HOME}")
    later = AT + timedelta(days=5)
    case, made = after(
        case, order(Reclassify, case.facts.listening_owner, later, unit=commune("09247"), note="gọi hỏi")
    )
    assert (case.facts.state, made[-1].kind) == ("opened", "Reclassified")
    assert case.facts.resolving_owner == f"ubnd@{commune('09247')}"
    assert case.facts.deadlines.settle_by == end_of(date(2026, 3, 11)).astimezone(UTC)


def test_deciding_the_same_again_changes_nothing():
    case = case_of()
    again = order(Reclassify, FRONT, category="rac-thai", note="đúng rồi")
    assert decide(case, again, basis()) == ()


def test_an_edit_never_resets_a_clock():
    case = case_of()
    later = AT + timedelta(days=3)
    case, _ = after(case, order(Reclassify, FRONT, later, severity=2, note="mùi nặng"))
    assert case.facts.deadlines.settle_by == end_of(date(2026, 3, 5)).astimezone(UTC)
    assert case.facts.deadlines.forward_by == case_of().facts.deadlines.forward_by


def test_the_bin_is_undone_by_a_person_and_never_holds_what_is_guarded():
    case, _ = after(case_of(), order(Discard, FRONT, note="thử máy"))
    assert (case.facts.state, case.facts.deadlines) == ("spam", None)
    case, _ = after(case, order(Reclassify, FRONT, note="là phản ánh thật"))
    assert (case.facts.state, case.facts.resolving_owner) == ("opened", OFFICE)
    assert case.facts.deadlines.settle_by == case_of().facts.deadlines.settle_by
    guarded = case_of("Cán bộ vòi tiền mới làm giấy tờ cho dân")
    assert refused(guarded, order(Discard, guarded.facts.listening_owner, note="rác")) == "restricted"


def test_a_pause_stops_the_clock_and_gives_back_what_was_left():
    case, made = after(
        case_of(),
        order(Accept, OFFICE),
        order(Suspend, OFFICE, datetime(2026, 3, 4, 9, tzinfo=VN), reason="cho_giam_dinh"),
    )
    assert (case.facts.state, case.facts.deadlines.settle_by) == ("suspended", None)
    assert made[-1].reasons[0].rule == "life.tam-dinh-chi.cho_giam_dinh"
    case, _ = after(case, order(Resume, OFFICE, datetime(2026, 3, 16, 9, tzinfo=VN)))
    assert case.facts.state == "accepted"
    assert case.facts.deadlines.settle_by == end_of(date(2026, 3, 23)).astimezone(UTC)


def test_complex_is_recorded_with_the_laws_reason_and_lengthens_from_the_same_day():
    case = case_of("Tôi khiếu nại quyết định thu hồi đất của UBND xã Tam Đa, bồi thường sai")
    office = case.facts.resolving_owner
    assert case.facts.deadlines.settle_by == end_of(date(2026, 4, 1)).astimezone(UTC)
    case, made = after(
        case, order(Accept, office), order(MarkComplex, office, reasons=("nhieu_co_quan", "dong_nguoi"))
    )
    assert "phuc_tap" in case.facts.flags
    assert case.facts.deadlines.settle_by == end_of(date(2026, 4, 16)).astimezone(UTC)
    assert [r.rule for r in made[-1].reasons[:2]] == [
        "life.phuc-tap.nhieu_co_quan",
        "life.phuc-tap.dong_nguoi",
    ]
    assert decide(case, order(MarkComplex, office, reasons=("dong_nguoi",)), basis()) == ()
    assert refused(case, order(MarkComplex, office, reasons=("dong_nguoi",), especially=True)) == "especially"


def test_a_note_is_for_officers_and_goes_with_the_reporters_words():
    _, made = after(case_of(), order(Return, OFFICE, note="thuộc đơn vị khác"))
    assert made[0].reasons[0].words == ("thuộc đơn vị khác",)
    assert made[0].reasons[0].wordless().words == ()
