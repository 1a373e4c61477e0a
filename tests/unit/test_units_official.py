"""The committed map against the official table, unit by unit and edge by edge."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from services.routing.map.official import EPOCH
from services.routing.map.seed import unit_map
from services.routing.map.tables import read_units

ORACLE = Path(__file__).parents[1] / "data" / "units-oracle"
BEFORE, REFORM, NOW = date(2025, 6, 30), date(2025, 7, 1), date(2026, 11, 1)
MAP = unit_map()
OLD_COMMUNES = [unit.id for unit in MAP.units(BEFORE, "commune")]
ALL_IDS = sorted({row.id for row in read_units()})

TYPES = {
    "province": {"province": "tinh", "city": "thanh_pho"},
    "district": {
        "urban_district": "quan",
        "district": "huyen",
        "town": "thi_xa",
        "city": "thanh_pho_thuoc_tinh",
    },
    "commune": {"commune": "xa", "ward": "phuong", "town": "thi_tran", "special_zone": "dac_khu"},
}
TWICE_LISTED_DISTRICTS = {"794", "900"}
MERGED_INTO_SEVERAL = {"01615", "02485", "18796"}
RENAMED_BUT_MERGED = "00556"


def oracle(name):
    with (ORACLE / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def count(as_of, level, province=None):
    return sum(1 for _ in MAP.units(as_of, level, province))


def test_the_country_has_as_many_units_as_the_table():
    assert [count(REFORM, level) for level in ("province", "district", "commune")] == [34, 0, 3321]
    assert [count(NOW, level) for level in ("province", "district", "commune")] == [34, 0, 3321]
    for day in (EPOCH, BEFORE):
        assert [count(day, level) for level in ("province", "district", "commune")] == [63, 698, 10033]


@pytest.mark.parametrize(
    ("name", "level", "day"),
    [("current_provinces", "province", REFORM), ("legacy_provinces", "province", BEFORE)],
)
def test_each_province_has_its_official_name_and_type(name, level, day):
    for row in oracle(name):
        unit = MAP.by_code(row["code"], day, level)
        assert (unit.name, unit.type, unit.parent) == (row["name"], TYPES[level][row["type"]], None)


def test_each_district_has_its_official_name_type_and_province():
    ours = Counter(
        (unit.code, unit.name, unit.type, MAP.unit(unit.parent, BEFORE).code)
        for unit in MAP.units(BEFORE, "district")
    )
    official = Counter(
        (row["code"], row["name"], TYPES["district"][row["type"]], row["province_code"])
        for row in oracle("legacy_districts")
    )
    assert ours == official
    codes = Counter(unit.code for unit in MAP.units(BEFORE, "district"))
    assert {code for code, times in codes.items() if times > 1} == TWICE_LISTED_DISTRICTS


def test_each_commune_before_the_reform_has_its_official_name_type_district_and_province():
    for row in oracle("legacy_communes"):
        unit = MAP.by_code(row["code"], BEFORE, "commune")
        above = [parent.code for parent in MAP.ancestors(unit.id, BEFORE)]
        assert (unit.name, unit.type) == (row["name"], TYPES["commune"][row["type"]])
        assert above == [row["district_code"], row["province_code"]]


def test_each_commune_after_the_reform_has_its_official_name_type_and_province():
    for row in oracle("current_communes"):
        unit = MAP.by_code(row["code"], REFORM, "commune")
        above = [parent.code for parent in MAP.ancestors(unit.id, REFORM)]
        assert (unit.name, unit.type) == (row["name"], TYPES["commune"][row["type"]])
        assert above == [row["province_code"]]


def expected_kind(row, edges_of_old):
    if row["kind"] == "split_population":
        return "population"
    if row["kind"] == "ambiguous" or edges_of_old > 1 or row["old_code"] == RENAMED_BUT_MERGED:
        return "part"
    return "whole"


def test_each_edge_between_communes_is_a_succession_of_its_kind_or_the_same_unit():
    rows = [row for row in oracle("succession_2025_07_01") if row["old_code"]]
    edges_of_old = Counter(row["old_code"] for row in rows)
    kept = Counter()
    for row in rows:
        old = MAP.by_code(row["old_code"], BEFORE, "commune")
        new = MAP.by_code(row["new_code"], REFORM, "commune")
        if old.id == new.id:
            kept[row["kind"]] += 1
            assert MAP.successors(old.id, REFORM) == ()
            continue
        kinds = [edge.kind for edge in MAP.successors(old.id, REFORM) if edge.to_id == new.id]
        assert kinds == [expected_kind(row, edges_of_old[row["old_code"]])]
    assert kept == {"unchanged": 81, "province_changed": 47, "renamed": 2, "merged": 2}


def test_there_is_no_edge_but_the_table_s():
    total = sum(len(MAP.successors(unit, NOW)) for unit in ALL_IDS)
    same_unit = sum(1 for unit in OLD_COMMUNES if MAP.unit(unit, REFORM))
    merged_provinces = 63 - 11
    assert len(oracle("succession_2025_07_01")) == 10571
    assert total - merged_provinces + same_unit == 10571


def test_a_whole_succession_is_the_only_one_of_its_unit():
    for unit in ALL_IDS:
        kinds = [edge.kind for edge in MAP.successors(unit, NOW)]
        assert "whole" not in kinds or len(kinds) == 1


def test_edges_without_an_old_commune_start_at_the_district():
    for row in oracle("succession_2025_07_01"):
        if row["old_code"]:
            continue
        district = MAP.by_code(row["old_district_code"], BEFORE, "district")
        new = MAP.by_code(row["new_code"], REFORM, "commune")
        [edge] = MAP.successors(district.id, REFORM)
        communes_of_its_own = bool(MAP.children(district.id, BEFORE))
        assert (edge.to_id, edge.kind) == (new.id, "part" if communes_of_its_own else "whole")
