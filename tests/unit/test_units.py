"""The dated map's rules, on maps small enough to read."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.units import MapChange, SuccessionRecord, UnitMap, UnitRecord, full_name

EPOCH, REFORM, CITY = date(2024, 1, 1), date(2025, 7, 1), date(2026, 9, 20)
DAY = timedelta(days=1)


def change(version, *units, successions=(), kind="reform"):
    return MapChange(version, kind, "thử", REFORM, "NQ", units, tuple(successions))


def province(unit_id="up", code="24", type_="tinh", since=EPOCH, until=None):
    return UnitRecord(unit_id, code, "province", type_, "Bắc Ninh", None, since, until)


def district(unit_id="ud", parent="up"):
    return UnitRecord(unit_id, "258", "district", "huyen", "Yên Phong", parent, EPOCH, REFORM)


def commune(unit_id, code="09193", type_="xa", parent="up", since=REFORM, until=None):
    return UnitRecord(unit_id, code, "commune", type_, "Yên Phong", parent, since, until)


def edge(old, new, kind="whole", effective=REFORM):
    return SuccessionRecord(old, new, effective, kind)


def replace_parent(record, parent, since):
    return replace(record, parent=parent, valid_from=since)


@pytest.fixture
def reformed():
    """A district with two communes; the first went whole into a new one, the second in two parts."""
    return UnitMap.empty().apply(
        change(
            1,
            province(),
            district(),
            commune("uold1", "09193", "thi_tran", "ud", EPOCH, REFORM),
            commune("uold2", "09196", "xa", "ud", EPOCH, REFORM),
            commune("unew1", "09193"),
            commune("unew2", "09205"),
            successions=(
                edge("uold1", "unew1"),
                edge("uold2", "unew1", "part"),
                edge("uold2", "unew2", "population"),
            ),
            kind="load",
        )
    )


def test_a_code_names_another_unit_after_the_reform(reformed):
    assert reformed.by_code("09193", REFORM - DAY, "commune").id == "uold1"
    assert reformed.by_code("09193", REFORM, "commune").id == "unew1"
    assert reformed.by_code("09193", REFORM, "district") is None


def test_a_unit_is_there_from_its_first_day_until_the_day_before_its_end(reformed):
    assert reformed.unit("uold1", EPOCH - DAY) is None
    assert reformed.unit("uold1", EPOCH).name == "Yên Phong"
    assert reformed.unit("uold1", REFORM - DAY) is not None
    assert reformed.unit("uold1", REFORM) is None
    assert reformed.unit("unknown", REFORM) is None


def test_the_path_leads_through_the_district_only_while_there_was_one(reformed):
    assert reformed.path("uold1", REFORM - DAY) == ("uold1", "ud", "up")
    assert reformed.path("unew1", REFORM) == ("unew1", "up")
    assert reformed.path("uold1", REFORM) == ()
    assert [unit.id for unit in reformed.ancestors("uold1", EPOCH)] == ["ud", "up"]
    assert reformed.province_of("uold1", EPOCH).id == "up"
    assert reformed.province_of("up", EPOCH).id == "up"
    assert reformed.province_of("uold1", REFORM) is None


def test_children_and_descendants_are_those_of_the_day(reformed):
    assert [unit.id for unit in reformed.children("up", EPOCH)] == ["ud"]
    assert [unit.id for unit in reformed.descendants("up", EPOCH)] == ["ud", "uold1", "uold2"]
    assert [unit.id for unit in reformed.children("up", REFORM)] == ["unew1", "unew2"]


def test_a_former_unit_is_still_known_as_it_was_last(reformed):
    assert reformed.last("uold1").name == "Yên Phong"
    assert reformed.last("uold1").valid_to == REFORM
    assert reformed.last("unknown") is None


def test_what_ever_lay_below_does_not_depend_on_the_day(reformed):
    assert reformed.ever_below("up") == {"ud", "uold1", "uold2", "unew1", "unew2"}
    assert reformed.ever_below("ud") == {"uold1", "uold2"}
    assert reformed.ever_below("unew1") == frozenset()


def test_units_are_listed_by_day_level_and_province(reformed):
    assert {unit.id for unit in reformed.units(REFORM)} == {"up", "unew1", "unew2"}
    assert {unit.id for unit in reformed.units(EPOCH, "commune")} == {"uold1", "uold2"}
    assert {unit.id for unit in reformed.units(EPOCH, province="up")} == {"up", "ud", "uold1", "uold2"}
    assert list(reformed.units(EPOCH, province="unknown")) == []


def test_successors_and_predecessors_are_those_in_force(reformed):
    assert reformed.successors("uold1", REFORM - DAY) == ()
    assert [(row.to_id, row.kind) for row in reformed.successors("uold2", REFORM)] == [
        ("unew1", "part"),
        ("unew2", "population"),
    ]
    assert [row.from_id for row in reformed.predecessors("unew1", REFORM)] == ["uold1", "uold2"]


def test_a_former_unit_lives_on_in_its_successors(reformed):
    assert reformed.present_of("uold1", EPOCH) == (("uold1", "whole"),)
    assert reformed.present_of("uold1", REFORM) == (("unew1", "whole"),)
    assert reformed.present_of("uold2", REFORM) == (("unew1", "part"), ("unew2", "population"))
    assert reformed.present_of("unew1", EPOCH) == ()
    assert reformed.present_of("unknown", REFORM) == ()


def test_a_district_lives_on_in_what_its_communes_became(reformed):
    assert reformed.present_of("ud", REFORM) == (("unew1", "part"), ("unew2", "part"))


def test_the_weakest_relation_of_a_chain_counts(reformed):
    merged = reformed.apply(
        change(
            2,
            commune("unew1", since=REFORM, until=CITY),
            commune("umerged", "09999", since=CITY),
            successions=(edge("unew1", "umerged", effective=CITY),),
        )
    )
    assert merged.present_of("uold1", CITY) == (("umerged", "whole"),)
    assert merged.present_of("uold2", CITY) == (("umerged", "part"), ("unew2", "population"))
    assert merged.present_of("uold1", CITY - DAY) == (("unew1", "whole"),)


def test_a_change_of_type_closes_the_open_period_and_keeps_the_id(reformed):
    city = reformed.apply(change(2, commune("unew1", type_="phuong", since=CITY), province(since=CITY)))
    assert full_name(city.unit("unew1", CITY - DAY)) == "Xã Yên Phong"
    assert full_name(city.unit("unew1", CITY)) == "Phường Yên Phong"
    assert city.unit("unew1", CITY - DAY).valid_to == CITY
    assert city.unit("unew1", CITY - DAY).recorded == city.unit("unew1", CITY).recorded == 2


def test_applying_a_change_leaves_the_former_map_as_it_was(reformed):
    reformed.apply(change(2, commune("unew1", type_="phuong", since=CITY)))
    assert reformed.version == 1
    assert reformed.unit("unew1", CITY).type == "xa"


def test_a_record_of_the_same_first_day_replaces_and_the_earlier_belief_can_still_be_read(reformed):
    corrected = reformed.apply(change(2, commune("unew2", "09206")))
    assert corrected.by_code("09206", REFORM, "commune").id == "unew2"
    assert corrected.by_code("09205", REFORM, "commune") is None
    before = corrected.known_at(1)
    assert before.by_code("09205", REFORM, "commune").id == "unew2"
    assert before.by_code("09206", REFORM, "commune") is None


def test_what_was_known_at_a_version_is_the_map_of_that_version(reformed):
    city = reformed.apply(change(2, commune("unew1", type_="phuong", since=CITY)))
    later = city.apply(
        change(3, commune("unew1", type_="dac_khu", since=CITY), successions=(edge("ud", "unew2"),))
    )
    for version, then in ((1, reformed), (2, city), (3, later)):
        view = later.known_at(version)
        assert view.version == version
        assert set(view.units(CITY)) == set(then.units(CITY))
        assert set(view.units(EPOCH)) == set(then.units(EPOCH))
        assert view.successors("ud", CITY) == then.successors("ud", CITY)
    assert later.known_at(2).known_at(1).unit("unew1", CITY) == reformed.unit("unew1", CITY)
    assert list(later.known_at(0).units(CITY)) == []


@pytest.mark.parametrize("version", [-1, 2])
def test_a_version_that_is_not_there_cannot_be_asked(reformed, version):
    with pytest.raises(ValueError, match="not between"):
        reformed.known_at(version)


def test_two_holders_of_a_code_are_not_guessed_between():
    twice = UnitMap.empty().apply(change(1, province(), district("ud1"), district("ud2")))
    assert twice.by_code("258", EPOCH, "district") is None


@given(st.integers(min_value=-5, max_value=40).filter(lambda version: version != 1))
def test_versions_are_contiguous(version):
    with pytest.raises(ValueError, match="cannot follow version 0"):
        UnitMap.empty().apply(change(version, province()))


@pytest.mark.parametrize(
    ("units", "successions", "complaint"),
    [
        ((commune("uc"),), (), "parent up is not on the map"),
        ((province(), commune("uc", parent=None)), (), "needs a parent"),
        ((province(), commune("uc"), commune("ux", parent="uc")), (), "not of a higher level"),
        ((province(), commune("uc", until=REFORM)), (), "the period ends"),
        ((province(), commune("uc", until=CITY), commune("uc", since=CITY - DAY)), (), "overlap"),
        ((province(), commune("uc", since=CITY), commune("uc")), (), "overlap"),
        ((province(), commune("uc", type_="lang")), (), "unknown type"),
        ((UnitRecord("up", "1", "region", "tinh", "x", None, EPOCH),), (), "unknown level"),
        ((province(), UnitRecord("up", "1", "commune", "xa", "x", "up", CITY)), (), "change its level"),
        ((province(),), (edge("up", "unknown"),), "unknown is not on the map"),
        ((province(),), (edge("up", "up", "mostly"),), "unknown kind"),
        ((province(),), (edge("up", "up"),), "itself"),
        ((province(), district()), (edge("ud", "up"), edge("ud", "up")), "recorded already"),
    ],
)
def test_a_change_that_contradicts_itself_or_the_map_is_refused(units, successions, complaint):
    with pytest.raises(ValueError, match=complaint):
        UnitMap.empty().apply(change(1, *units, successions=successions))


@pytest.mark.parametrize(
    ("type_", "name", "full"),
    [
        ("thi_tran", "Chờ", "Thị trấn Chờ"),
        ("thanh_pho_thuoc_tinh", "Bắc Ninh", "Thành phố Bắc Ninh"),
        ("phuong", "Phường 5", "Phường 5"),
        ("to_dan_pho", "Cầu Tơ", "Tổ dân phố Cầu Tơ"),
    ],
)
def test_the_full_name_says_the_type_once(type_, name, full):
    unit_map = UnitMap.empty().apply(
        change(1, province(), UnitRecord("uc", "1", "commune", type_, name, "up", EPOCH))
    )
    assert full_name(unit_map.unit("uc", EPOCH)) == full


def test_a_unit_tells_its_periods_and_every_belief_about_them(reformed):
    city = reformed.apply(change(2, commune("unew1", type_="phuong", since=CITY)))
    assert [(row.type, row.valid_from) for row in city.history("unew1")] == [("xa", REFORM), ("phuong", CITY)]
    assert [(b.unit.valid_to, b.unit.recorded, b.replaced) for b in city.beliefs("unew1")] == [
        (None, 1, 2),
        (CITY, 2, None),
        (None, 2, None),
    ]
    assert city.history("unknown") == city.beliefs("unknown") == ()


def test_a_map_knows_which_document_made_each_of_its_versions(reformed):
    city = reformed.apply(change(2, province(since=CITY)))
    assert [(city.change(n).kind, city.change(n).legal_basis) for n in (1, 2)] == [
        ("load", "NQ"),
        ("reform", "NQ"),
    ]
    assert city.known_at(1).change(1) == city.change(1)
    with pytest.raises(IndexError):
        city.known_at(1).change(2)


def test_touched_are_units_that_may_lie_elsewhere_and_all_ever_below_them(reformed):
    hamlet = UnitRecord("uh", "09193-01", "hamlet", "thon", "Đồng Mây", "unew1", REFORM)
    before = reformed.apply(change(2, hamlet))
    merged = before.apply(
        change(
            3,
            commune("unew1", since=REFORM, until=CITY),
            commune("umerged", "09999", since=CITY),
            replace_parent(hamlet, "umerged", CITY),
            successions=(edge("unew1", "umerged", effective=CITY),),
        )
    )
    eve = CITY - DAY
    assert merged.touched(2, eve, eve) == frozenset()
    assert merged.touched(2, eve, CITY) == merged.touched(3, eve, CITY) == {"unew1", "uh"}
    assert merged.touched(2, CITY, CITY) == {"unew1", "uh"}
    assert merged.touched(3, CITY, CITY + DAY) == frozenset()
    assert merged.touched(0, EPOCH, REFORM) == {"ud", "uold1", "uold2"}


def test_a_change_of_name_or_type_touches_nothing(reformed):
    city = reformed.apply(change(2, commune("unew1", type_="phuong", since=CITY)))
    assert city.touched(1, CITY - DAY, CITY) == frozenset()
