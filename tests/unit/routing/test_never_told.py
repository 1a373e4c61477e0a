"""Whoever a text accuses, in whatever words, about whatever, wherever: they never get it.

The texts are put together from accusations, the accused, matters and places, and then mistreated as
residents do: without diacritics, in capitals, abbreviated, with words left out. What is said of the deed
stays, unless a second sign remains; without any there would be no accusation.
"""

import re
from dataclasses import dataclass

from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.decide import open_case
from services.routing.domain.owners import unit_of
from services.routing.domain.text import fold
from shared.units import Unit, full_name
from tests.unit.routing.ground import AFTER, BEFORE, CITY, basis, report

DAYS = (BEFORE, AFTER, CITY)
PROVINCE = {
    "Mặt trận Tổ quốc tỉnh": "mttq",
    "cán bộ Mặt trận tỉnh": "mttq",
    "lãnh đạo Ủy ban Mặt trận Tổ quốc Việt Nam tỉnh": "mttq",
    "Ủy ban Kiểm tra Tỉnh ủy": "uy_ban_kiem_tra",
    "Thanh tra tỉnh": "thanh_tra",
    "cán bộ Thanh tra tỉnh": "thanh_tra",
    "Công an tỉnh": "cong_an",
    "Chủ tịch Ủy ban nhân dân tỉnh": "ubnd",
    "Giám đốc Sở Giáo dục và Đào tạo": "so_gddt",
    "nhân viên Sở Xây dựng": "so_xay_dung",
    "chuyên viên Sở Y tế": "so_y_te",
    "Phó giám đốc Sở Tài chính": "so_tai_chinh",
    "nhân viên Điện lực": "dien_luc",
    "lãnh đạo Hội Nông dân tỉnh": "nong_dan",
    "Ban Tuyên giáo và Dân vận": "ban_tgdv",
}
COMMUNE = (
    "Chủ tịch Ủy ban nhân dân {}",
    "Phó Chủ tịch {}",
    "Trưởng Công an {}",
    "Công an {}",
    "cán bộ địa chính {}",
    "Ủy ban nhân dân {}",
    "Mặt trận Tổ quốc {}",
    "Chủ tịch Hội Phụ nữ {}",
    "Bí thư Đảng ủy {}",
)
LOW = ("Trưởng thôn ở {}", "Tổ trưởng tổ dân phố ở {}", "Hiệu trưởng trường tiểu học ở {}")
DEEDS = (
    "nhận hối lộ của một doanh nghiệp",
    "ăn chặn tiền hỗ trợ bão",
    "nhận tiền để bỏ qua đơn của dân",
    "đòi 5 triệu mới ký giấy",
    "kê khống danh sách hộ nghèo",
    "quát mắng và đuổi dân về",
    "hách dịch, cửa quyền với dân",
    "bao che cho người nhà lấn đất công",
)
SIGNS = ("", "Tôi xin giấu tên vì sợ trả thù.", "Đây là đơn tố cáo.", "Xin đừng chuyển về xã.")
MATTERS = (
    "khi dân hỏi về rác thải bốc mùi",
    "trong vụ thu hồi đất làm đường",
    "liên quan cột điện đổ mất điện",
    "về học phí ở trường tiểu học",
    "khi vỉa hè bị lấn chiếm",
    "lúc dân xin xác nhận hộ nghèo",
    "về trạm y tế thiếu thuốc",
    "",
)
OPENINGS = (
    "",
    "Tôi xin phản ánh.",
    "Góp ý với cấp trên.",
    "Kính gửi Mặt trận Tổ quốc tỉnh.",
    "Nhờ Sở Nội vụ xem xét.",
    "Đề nghị Thanh tra tỉnh vào cuộc.",
    "Cảm ơn đã nghe dân.",
)
SHORT = {
    "Ủy ban nhân dân": "UBND",
    "Mặt trận Tổ quốc": "MTTQ",
    "Giáo dục và Đào tạo": "GD&ĐT",
    "Công an xã": "CA xã",
    "Công an phường": "CA phường",
    "Phó Chủ tịch": "PCT",
}


@dataclass(frozen=True)
class Accusing:
    """A text, the bodies of the province that it accuses, and whether it accuses the commune."""

    text: str
    kinds: frozenset[str]
    commune: Unit
    commune_accused: bool


def mistreat(draw, words: str) -> str:
    """As somebody types it in a hurry."""
    if draw(st.booleans()):
        for long, short in SHORT.items():
            words = re.sub(long, short, words, flags=re.IGNORECASE)
    if draw(st.integers(0, 3)) == 0:
        words = fold(words)
    return words.upper() if draw(st.integers(0, 4)) == 0 else words


def leave_out(draw, words: str) -> str:
    """Without one of its words."""
    split = words.split()
    if len(split) < 3 or draw(st.booleans()):
        return words
    gone = draw(st.integers(0, len(split) - 1))
    return " ".join(word for at, word in enumerate(split) if at != gone)


@st.composite
def accusing(draw):
    on = draw(st.sampled_from(DAYS))
    home = basis().gazetteer.homes(on)[0]
    communes = sorted(basis().units.units(on, "commune", home), key=lambda unit: unit.id)
    commune = draw(st.sampled_from(communes))
    kinds = draw(st.lists(st.sampled_from(sorted(PROVINCE)), max_size=2, unique=True))
    local = draw(st.lists(st.sampled_from(COMMUNE + LOW), min_size=not kinds, max_size=2, unique=True))
    accused = [*kinds, *(office.format(full_name(commune)) for office in local)]
    sign = draw(st.sampled_from(SIGNS))
    deed, matter = draw(st.sampled_from(DEEDS)), draw(st.sampled_from(MATTERS))
    if sign:
        deed = leave_out(draw, deed)
    where = draw(st.sampled_from(["", f"Chuyện ở {full_name(commune)}."]))
    who = " và ".join(draw(st.permutations(accused)))
    parts = [draw(st.sampled_from(OPENINGS)), where, f"{who} {deed} {leave_out(draw, matter)}.", sign]
    text = mistreat(draw, " ".join(part for part in parts if part))
    return on, Accusing(
        text, frozenset(PROVINCE[name] for name in kinds), commune, any(office in COMMUNE for office in local)
    )


@settings(max_examples=600, deadline=None)
@given(accusing(), st.sampled_from(["request", "observation"]))
def test_nobody_who_is_accused_owns_the_case_or_may_know_of_it(drawn, purpose):
    on, accusing = drawn
    told = {"purpose": purpose, "organisation": "phu_nu", "reporter_unit": accusing.commune.code}
    made = report(accusing.text, on, **told)
    decision = open_case(made, made.received_at, basis())
    facts = decision.facts
    who = {body for body in (facts.listening_owner, facts.resolving_owner, *decision.audience) if body}
    assert decision.findings.error is None
    assert facts.restricted
    assert {f"{kind}@{facts.path[-1]}" for kind in accusing.kinds}.isdisjoint(who)
    if accusing.commune_accused:
        assert {unit_of(body) for body in who} == {facts.path[-1]}
