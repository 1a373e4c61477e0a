"""The committed map of Bắc Ninh through its two reforms, and the traps on the way."""

from collections import Counter
from datetime import date, timedelta

from services.routing.map import overlay
from services.routing.map.seed import unit_map
from shared.units import full_name

BEFORE, REFORM, CITY, NOW = date(2025, 6, 30), date(2025, 7, 1), date(2026, 9, 20), date(2026, 11, 1)
MAP = unit_map()


def count(as_of, level, province):
    return sum(1 for _ in MAP.units(as_of, level, province))


def bac_ninh(as_of):
    return MAP.by_code("24", as_of, "province")


def test_bac_ninh_is_99_communes_from_313():
    assert [count(BEFORE, "commune", MAP.by_code(code, BEFORE, "province").id) for code in ("24", "27")] == [
        192,
        121,
    ]
    new = bac_ninh(REFORM)
    assert count(REFORM, "commune", new.id) == 99
    former = {
        edge.from_id
        for unit in MAP.units(REFORM, "commune", new.id)
        for edge in MAP.predecessors(unit.id, REFORM)
    }
    unchanged = {unit.id for unit in MAP.units(REFORM, "commune", new.id) if MAP.unit(unit.id, BEFORE)}
    assert len(former | unchanged) == 313


def test_bac_ninh_became_a_city_and_twelve_communes_became_wards():
    def types(day):
        return Counter(unit.type for unit in MAP.units(day, "commune", bac_ninh(day).id))

    eve = CITY - timedelta(days=1)
    assert types(REFORM) == types(eve) == {"xa": 66, "phuong": 33}
    assert types(CITY) == {"xa": 54, "phuong": 45}
    assert bac_ninh(eve).id == bac_ninh(CITY).id
    assert (full_name(bac_ninh(eve)), full_name(bac_ninh(CITY))) == ("Tỉnh Bắc Ninh", "Thành phố Bắc Ninh")
    for code in overlay.NEW_WARDS:
        before, after = MAP.by_code(code, eve, "commune"), MAP.by_code(code, CITY, "commune")
        assert (before.id, before.type, after.type) == (after.id, "xa", "phuong")


def test_before_the_reform_of_2026_nobody_knew_of_it():
    then = MAP.known_at(34)
    yen_phong = MAP.by_code("09193", CITY, "commune")
    assert then.unit(yen_phong.id, CITY).type == "xa"
    assert then.unit(yen_phong.id, REFORM).valid_to is None


def test_code_24_names_another_province_after_the_reform():
    old, new = bac_ninh(BEFORE), bac_ninh(REFORM)
    assert (old.name, new.name) == ("Bắc Giang", "Bắc Ninh")
    assert old.id != new.id
    assert {edge.from_id for edge in MAP.predecessors(new.id, REFORM)} == {
        old.id,
        MAP.by_code("27", BEFORE, "province").id,
    }


def test_almost_every_new_code_was_an_old_one_and_51_of_bac_ninh_s_of_another_name():
    old_names = {unit.code: unit.name for unit in MAP.units(BEFORE, "commune")}
    assert sum(1 for unit in MAP.units(REFORM, "commune") if unit.code in old_names) == 3316
    here = list(MAP.units(REFORM, "commune", bac_ninh(REFORM).id))
    assert sum(1 for unit in here if old_names.get(unit.code, unit.name) != unit.name) == 51


def test_a_town_and_the_commune_that_took_its_code_are_two_units():
    phon_xuong, yen_the = (MAP.by_code("07288", day, "commune") for day in (BEFORE, REFORM))
    assert (full_name(phon_xuong), full_name(yen_the)) == ("Thị trấn Phồn Xương", "Xã Yên Thế")
    assert phon_xuong.id != yen_the.id


def test_unmerged_provinces_and_unchanged_communes_keep_their_ids():
    kept = [unit for unit in MAP.units(BEFORE, "province") if MAP.unit(unit.id, REFORM)]
    assert len(kept) == 11
    tuan_dao = MAP.by_code("07663", BEFORE, "commune")
    assert MAP.by_code("07663", NOW, "commune").id == tuan_dao.id
    assert len(MAP.path(tuan_dao.id, BEFORE)) == 3
    assert MAP.path(tuan_dao.id, NOW) == (tuan_dao.id, bac_ninh(NOW).id)
