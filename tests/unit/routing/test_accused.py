"""Bodies that are accused, those that else hear of everything too: none owns the case or knows of it."""

import numpy as np
import pytest

from services.routing.domain.accused import accusation
from services.routing.domain.decide import open_case
from services.routing.domain.linear import Linear, Weights, no_model
from services.routing.domain.nature import Signals
from services.routing.domain.owners import unit_of
from services.routing.domain.text import read
from tests.unit.routing.ground import AFTER, BEFORE, basis, commune, opened, report

HOME = basis().home(AFTER)
VU_NINH = commune("09169")


def at_home(*kinds):
    return {f"{kind}@{HOME}" for kind in kinds}


def who(decision):
    facts = decision.facts
    return {body for body in (facts.listening_owner, facts.resolving_owner, *decision.audience) if body}


def test_of_two_agencies_named_neither_is_taken_for_the_accused_and_neither_knows():
    decision = opened(
        "Nhờ Sở Nội vụ xem xét, cán bộ Sở Giáo dục và Đào tạo quát mắng phụ huynh ở phường Vũ Ninh"
    )
    assert (decision.facts.state, decision.findings.triage) == ("triage", "accused")
    assert who(decision) == at_home("mttq")


def test_an_agency_that_is_the_only_one_named_is_the_accused():
    decision = opened("Cán bộ Sở Giáo dục và Đào tạo nhận phong bì của phụ huynh ở phường Vũ Ninh")
    assert decision.findings.accused == "agency_province"
    assert decision.facts.resolving_owner == f"thanh_tra@{HOME}"
    assert who(decision) == at_home("mttq", "thanh_tra")


@pytest.mark.parametrize(
    "text",
    [
        "Mặt trận Tổ quốc tỉnh nhận tiền để bỏ qua đơn của dân phường Vũ Ninh",
        "Lãnh đạo Mặt trận tỉnh tham ô tiền ủng hộ đồng bào bão lụt",
        "MTTQ tỉnh ăn chặn tiền quỹ vì người nghèo",
        "mat tran to quoc tinh an chan tien cua dan phuong vu ninh",
        "CÁN BỘ MẶT TRẬN TỔ QUỐC VIỆT NAM TỈNH BẮC NINH NHẬN HỐI LỘ",
        "Góp ý: Mặt trận tỉnh nhận tiền của doanh nghiệp rồi làm ngơ",
        "Ông Chủ tịch Mặt trận tỉnh và ông Chủ tịch xã Văn Môn chia nhau tiền hỗ trợ bão",
    ],
)
def test_the_provinces_front_does_not_follow_up_what_it_is_accused_of(text):
    decision = opened(text)
    assert decision.facts.restricted
    assert f"mttq@{HOME}" not in who(decision)
    assert decision.facts.listening_owner == f"uy_ban_kiem_tra@{HOME}"
    assert {unit_of(body) for body in who(decision)} == {HOME}


def test_a_report_from_before_the_map_keeps_the_front_out_too():
    made = report("Mặt trận Tổ quốc tỉnh tham ô tiền quỹ", time_flags=("before_2024",))
    assert who(open_case(made, made.received_at, basis())) == at_home("uy_ban_kiem_tra")


@pytest.mark.parametrize(
    "text",
    [
        "Mặt trận phường Vũ Ninh ăn chặn tiền quỹ vì người nghèo",
        "Hội Phụ nữ phường Vũ Ninh thu tiền của hội viên rồi bỏ túi",
        "Đảng ủy phường Vũ Ninh bao che cho cán bộ làm sai",
        "UBND phường Vũ Ninh nhận tiền để cho xây nhà không phép",
        "Đoàn Thanh niên phường Vũ Ninh kê khống tiền trại hè",
        "Trưởng khu phố ở phường Vũ Ninh và Mặt trận phường nhận tiền của hộ nghèo",
    ],
)
def test_a_commune_whose_front_party_or_organisation_is_accused_knows_nothing(text):
    decision = opened(text)
    assert decision.facts.restricted
    assert VU_NINH not in {unit_of(body) for body in who(decision)}


@pytest.mark.parametrize(
    ("text", "accused"),
    [
        ("Ủy ban Kiểm tra Tỉnh ủy nhận hối lộ để bỏ qua vụ ở phường Vũ Ninh", "uy_ban_kiem_tra"),
        ("Đảng viên ở Ủy ban Kiểm tra nhận tiền của chủ tịch phường Vũ Ninh", "uy_ban_kiem_tra"),
        ("Thanh tra tỉnh và chủ tịch phường Vũ Ninh chia nhau tiền dự án", "thanh_tra"),
        ("Công an tỉnh bao che cho trưởng công an phường Vũ Ninh đánh người", "cong_an"),
        ("Chủ tịch UBND tỉnh nhận hối lộ để giao đất ở phường Vũ Ninh", "ubnd"),
        ("Nhân viên điện lực ở phường Vũ Ninh đòi tiền mới đóng điện", "dien_luc"),
    ],
)
def test_a_body_of_the_province_never_judges_itself(text, accused):
    decision = opened(text)
    assert decision.facts.restricted
    assert f"{accused}@{HOME}" not in who(decision)
    assert {unit_of(body) for body in who(decision)} == {HOME}


def test_who_is_only_turned_to_is_not_accused():
    decision = opened("Kính gửi Mặt trận Tổ quốc tỉnh, Chủ tịch phường Vũ Ninh ăn chặn tiền hỗ trợ bão")
    assert decision.facts.listening_owner == f"mttq@{HOME}"
    assert decision.facts.resolving_owner == f"thanh_tra@{HOME}"
    both = opened("Cán bộ phường Vũ Ninh vòi tiền của dân. Đề nghị Thanh tra tỉnh, Ủy ban Kiểm tra vào cuộc")
    assert who(both) == at_home("mttq", "uy_ban_kiem_tra")


@pytest.mark.parametrize(
    "text",
    [
        "Sở Y tế hướng dẫn tôi phản ánh: nhân viên Sở Xây dựng hách dịch, thái độ cửa quyền khi xin phép"
        " sửa nhà ở phường Vũ Ninh, hàng xóm lấn chiếm vỉa hè",
        "Vỉa hè phường Vũ Ninh bị lấn chiếm, rác thải bốc mùi, cán bộ phường quát mắng dân",
        "Góp ý về rác thải ở phường Vũ Ninh: cán bộ phường hách dịch với người đổ rác",
        "Mất điện ở phường Vũ Ninh, cột điện đổ, Điện lực hách dịch với dân",
    ],
)
def test_harassment_beside_an_office_is_guarded_in_every_category(text):
    decision = opened(text)
    assert decision.facts.restricted
    assert {unit_of(body) for body in who(decision)} == {HOME}


@pytest.mark.parametrize(
    "text",
    [
        "Đề nghị UBND phường Vũ Ninh xử lý hộ kinh doanh lấn chiếm vỉa hè, mở quán không phép",
        "UBND phường Vũ Ninh chưa xử lý nhà xây không phép",
        "Điện lực cắt điện ở phường Vũ Ninh mà không báo trước",
        "Khen thái độ tận tình của cán bộ một cửa phường Vũ Ninh",
        "Đề nghị Sở Xây dựng cho biết bao giờ sửa cầu ở phường Vũ Ninh",
        "Hội Phụ nữ phường Vũ Ninh phản ánh rác thải bốc mùi ở khu chợ",
        "Kính gửi Mặt trận Tổ quốc, đường ở phường Vũ Ninh nhiều ổ gà",
    ],
)
def test_to_name_a_body_accuses_nobody(text):
    assert not opened(text).facts.restricted


def test_an_accusing_observation_has_nobody_who_must_resolve_it():
    told = {"purpose": "observation", "organisation": "phu_nu"}
    decision = opened("Chủ tịch xã Văn Môn tham ô tiền quỹ", **told)
    facts = decision.facts
    assert (facts.state, facts.resolving_owner, facts.deadlines) == ("noted", None, None)
    assert f"thanh_tra@{HOME}" in decision.audience


EVERYBODY = (
    "Mặt trận tỉnh",
    "Ủy ban Kiểm tra",
    "Thanh tra tỉnh",
    "UBND tỉnh",
    "Công an tỉnh",
    "Hội Cựu chiến binh tỉnh",
    "Hội Phụ nữ tỉnh",
    "Hội Nông dân tỉnh",
    "Tỉnh đoàn",
    "Liên đoàn Lao động tỉnh",
)


@pytest.mark.parametrize("many", range(1, len(EVERYBODY) + 1))
def test_a_report_that_accuses_whoever_could_follow_it_up_still_reaches_somebody(many):
    decision = opened(f"{' và '.join(EVERYBODY[:many])} nhận hối lộ của doanh nghiệp")
    assert decision.findings.error is None
    assert decision.facts.restricted
    assert len(who(decision)) == 1
    if many < len(EVERYBODY):
        kinds = (
            "mttq",
            "uy_ban_kiem_tra",
            "thanh_tra",
            "ubnd",
            "cong_an",
            "cuu_chien_binh",
            "phu_nu",
            "nong_dan",
        )
        assert who(decision).isdisjoint(at_home(*kinds[:many]))


def test_an_accused_front_of_a_former_province_is_kept_out_there():
    home = basis().home(BEFORE)
    decision = opened("Mặt trận tỉnh nhận hối lộ", BEFORE)
    assert decision.facts.listening_owner == f"uy_ban_kiem_tra@{home}"


def test_an_accusation_typed_half_without_diacritics_is_one():
    decision = opened(
        "Rác thải ở phường Vũ Ninh bốc mùi. chu tich phuong vu ninh nhan hoi lo cua doanh nghiep"
    )
    assert decision.facts.restricted
    assert VU_NINH not in {unit_of(body) for body in who(decision)}


def leaning(**scores):
    """A model that says the same of every text."""
    outputs = tuple(f"accused:{role}" for role in scores)
    weights = np.zeros((0, len(outputs)), np.int8), np.ones(len(outputs), np.float32)
    return Linear(Weights("leaning", outputs, {}, *weights, np.array([*scores.values()], np.float32)))


def charge(words, model, category="tthc-thai-do-can-bo"):
    text = read(words)
    said = model.read(text)
    signals = Signals(text, basis().lexicon.hits(text, AFTER), said)
    return accusation(text, signals.found, category, said)


@pytest.mark.parametrize(
    "words",
    [
        "Chị cán bộ một cửa quát mắng tôi",  # named
        'Ra nộp giấy thì bị bảo "về đi", thái độ hống hách',  # meant by the matter
    ],
)
def test_whom_the_lexicon_recognised_is_kept_out_whoever_the_model_prefers(words):
    model = leaning(none=0.1, school=0.9, commune_official=0.1, commune_chair=0.0)
    found = charge(words, model)
    assert found.role == "school"
    assert {"school", "commune_official"} <= {found.role, *found.involved}
    assert charge(words, no_model()).role == "commune_official"


def test_a_leading_office_that_only_the_model_names_makes_no_corruption():
    sure = leaning(none=0.1, commune_chair=0.9, hamlet_head=0.0)
    for words in ("Trưởng thôn chửi tôi", "Đường vỡ mà chẳng ai sửa"):
        found = charge(words, sure, "giao-thong-ha-tang")
        assert (found.role, found.corrupt) == ("commune_chair", False)
