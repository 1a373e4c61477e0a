"""The conflict of interest: nobody who is accused, and nobody of their unit, owns or knows of a case."""

from datetime import date
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.routing.domain.audience import Matter, assign, guarded, resolved
from services.routing.domain.case import Nature
from services.routing.domain.owners import unit_of
from shared.contracts.vocabulary import CATEGORIES, LEGAL_KINDS, Organisation
from tests.unit.routing.ground import AFTER, BEFORE, basis, commune, opened

DATES = st.dates(date(2024, 1, 1), date(2029, 12, 31))
ROLES = [
    "commune_chair",
    "commune_vice_chair",
    "commune_police",
    "commune_official",
    "hamlet_head",
    "school",
    "agency_province",
    None,
]
AGENCIES = [None, "mttq", "thanh_tra", "cong_an", "so_gddt", "uy_ban_kiem_tra", "ubnd"]


@st.composite
def matters(draw):
    on = draw(DATES)
    units = basis().units
    home = draw(st.sampled_from(basis().gazetteer.homes(on)))
    communes = sorted(unit.id for unit in units.units(on, "commune", home))
    hamlets = sorted(unit.id for unit in units.units(on, "hamlet", home))
    unit = draw(st.none() | st.sampled_from(communes + hamlets))
    nature = Nature(
        legal_kind=draw(st.sampled_from(LEGAL_KINDS)),
        severity=draw(st.sampled_from([0, 1, 2, 3])),
        level=draw(st.sampled_from(["hamlet", "commune", "province"])),
        flags=(),
        sensitive=draw(st.booleans()),
        party=draw(st.booleans()),
        accused=draw(st.sampled_from(ROLES)),
        accused_kind=draw(st.sampled_from(AGENCIES)),
        reasons=(),
        involved=tuple(draw(st.lists(st.sampled_from(ROLES[:-1]), max_size=2))),
        named=tuple(draw(st.lists(st.sampled_from(AGENCIES[1:]), max_size=3))),
    )
    return Matter(
        category=draw(st.sampled_from(CATEGORIES)),
        nature=nature,
        purpose=draw(st.sampled_from(["request", "observation"])),
        organisation=draw(st.none() | st.sampled_from(get_args(Organisation))),
        unit=unit,
        path=units.path(unit, on) if unit else (home,),
        on=on,
    )


def members(owners):
    return {body for body in (owners.listening, owners.resolving, *owners.audience) if body}


def assigned(matter):
    return assign(matter, basis().registry, basis().units, "test")


def level_of(unit_id, on):
    return basis().units.unit(unit_id, on).level


@settings(max_examples=250, deadline=None)
@given(matters())
def test_no_owner_or_member_is_of_the_accuseds_unit(matter):
    who = members(assigned(matter))
    nature = matter.nature
    if not guarded(matter):
        return
    assert who.isdisjoint(f"{kind}@{matter.path[-1]}" for kind in (*nature.named, nature.accused_kind))
    roles = {role for role in (nature.accused, *nature.involved) if role not in (None, "agency_province")}
    if roles and matter.unit is not None:
        seat = next(step for step in matter.path if level_of(step, matter.on) == "commune")
        below = {unit.id for unit in basis().units.descendants(seat, matter.on)}
        commune = any(role.startswith("commune") for role in roles)
        assert not {unit_of(body) for body in who} & (below | {seat} if commune else below)


@settings(max_examples=250, deadline=None)
@given(matters())
def test_what_is_guarded_and_unresolved_stays_at_the_province(matter):
    if guarded(matter) and not resolved(matter):
        owners = assigned(matter)
        assert {unit_of(body) for body in members(owners)} == {matter.path[-1]}
        assert owners.resolving is None


@settings(max_examples=150, deadline=None)
@given(matters())
def test_corruption_is_never_at_the_commune(matter):
    if matter.category == "tham-nhung-tieu-cuc":
        assert {level_of(unit_of(body), matter.on) for body in members(assigned(matter))} == {"province"}


@settings(max_examples=150, deadline=None)
@given(matters())
def test_owners_are_members_and_every_body_exists_on_that_date(matter):
    owners = assigned(matter)
    assert owners.listening in owners.audience
    assert owners.resolving is None or owners.resolving in owners.audience
    for body in members(owners):
        kind, seat = body.split("@")
        assert basis().registry.body(kind, level_of(seat, matter.on), matter.on), body


def test_a_normal_case_belongs_to_the_commune_and_the_provinces_front_follows():
    facts = opened("Đường liên thôn ở xã Văn Môn nhiều ổ gà, đề nghị xử lý").facts
    seat = commune("09238")
    assert facts.listening_owner == f"mttq@{seat}"
    assert facts.resolving_owner == f"phong_kt_ht_dt@{seat}"


def test_before_the_reform_the_districts_front_follows_too():
    decision = opened("Đường liên thôn ở xã Văn Môn nhiều ổ gà, đề nghị xử lý", BEFORE)
    levels = {level_of(unit_of(body), BEFORE) for body in decision.audience}
    assert levels == {"commune", "district", "province"}
    assert decision.facts.resolving_owner == f"ubnd@{commune('09238', BEFORE)}"


@pytest.mark.parametrize(
    "text",
    [
        "Chủ tịch xã Nghĩa Phương ăn chặn tiền hỗ trợ bão của dân",
        "chu tich xa nghia phuong an chan tien ho tro bao cua dan",
        "Cán bộ địa chính xã Nghĩa Phương nhận 20 triệu đồng hứa làm sổ đỏ rồi không làm",
        "Ở xã Nghĩa Phương có người trong ủy ban kê khống tiền, tôi xin giấu tên",
        "Công an xã Nghĩa Phương bao che cho quán karaoke, đề nghị thanh tra tỉnh vào cuộc",
        "Ông đứng đầu xã Văn Môn cho em ruột thuê cả dãy ki ốt giá rẻ, dân biết mà sợ không dám nói",
        "bi thu phuong Vu Ninh lay 200 trieu cua doanh nghiep roi cho trung thau",
        "Anh làm đất đai ở ủy ban xã Tân Chi bảo đưa 10 triệu thì tuần sau có sổ",
        "Mấy chú công an ở phường Chũ dừng xe xin tiền cà phê rồi cho đi",
        "Chị nhận hồ sơ ở phường Nếnh quăng giấy tờ của tôi và nói khó nghe",
        "Trạm trưởng trạm y tế xã Đại Lai bán thuốc bảo hiểm ra ngoài",
        "can bo xa sa ly goi y boi duong moi cho lam giay",
        "Có việc mua bán chức vụ ở xã Gia Bình",
        "Xã Phúc Hòa chi sai tiền hỗ trợ dịch tả, hộ thân quen thì được nhiều",
        "Ông Chủ tịch xã Biên Sơn không tiếp dân theo lịch",
        "Chủ tịch xã Kép",
    ],
)
def test_an_accused_commune_never_hears_of_it(text):
    decision = opened(text)
    below = {unit_of(body) for body in decision.audience} - {basis().home(AFTER)}
    assert not below
    assert decision.facts.restricted


def test_a_party_matter_goes_to_the_partys_inspection():
    text = "Chủ tịch xã Nghĩa Phương là đảng viên mà ăn chặn tiền hỗ trợ bão"
    assert opened(text).facts.resolving_owner == f"uy_ban_kiem_tra@{basis().home(AFTER)}"


def test_officials_of_an_unnamed_agency_of_the_province_are_kept_out_by_telling_nobody_else():
    decision = opened("Một trưởng phòng của sở nhận hối lộ 50 triệu để ký hồ sơ")
    assert decision.audience == (f"mttq@{basis().home(AFTER)}",)
    assert decision.facts.state == "triage"


def test_religion_has_a_department_of_its_own_since_2025():
    for on, kind in ((date(2025, 2, 3), "so_noi_vu"), (AFTER, "so_dttg")):
        row = basis().registry.competence("van-hoa-ton-giao-dan-toc", "province", on, ("ton_giao_dan_toc",))
        assert row.resolving == kind
        assert (
            basis().registry.competence("van-hoa-ton-giao-dan-toc", "province", on).resolving == "so_vhttdl"
        )
