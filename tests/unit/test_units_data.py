"""The committed tables: stable ids, what is invented, how they are announced; and properties of the map."""

import hashlib
import unicodedata
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from services.routing.map.build import build, natural_keys
from services.routing.map.official import EPOCH
from services.routing.map.seed import changes, unit_map
from services.routing.map.tables import DATA, read_units

ORACLE = Path(__file__).parents[1] / "data" / "units-oracle"
BEFORE, CITY, NOW = date(2025, 6, 30), date(2026, 9, 20), date(2026, 11, 1)
IDS_SHA256 = "e09378df14d9a03a6cd69bcb7e5958a07fe8e04beacb37db9cd76d0bfa8d2b13"
"""Of all ids, sorted, one a line. Ids are in stored cases and events: this changes only by additions."""

MAP = unit_map()
OLD_COMMUNES = sorted(unit.id for unit in MAP.units(BEFORE, "commune"))
ALL_IDS = sorted({row.id for row in read_units()})
TWICE_LISTED_DISTRICTS = {"794", "900"}
DAYS = st.dates(EPOCH, date(2030, 1, 1)) | st.sampled_from((BEFORE, CITY - timedelta(days=1), CITY))


def test_ids_are_unique_opaque_and_those_of_every_installation():
    keys = natural_keys(read_units())
    assert len(set(keys.values())) == len(keys) == len(ALL_IDS)
    assert all(len(unit) == 10 and unit[0] == "u" and unit.isascii() and unit.islower() for unit in ALL_IDS)
    assert hashlib.sha256("\n".join(ALL_IDS).encode()).hexdigest() == IDS_SHA256


def test_building_again_changes_nothing(tmp_path):
    for name in ("units", "successions", "reforms"):
        (tmp_path / f"{name}.csv").write_bytes((DATA / f"{name}.csv").read_bytes())
    build(ORACLE, tmp_path)
    for name in ("units", "successions", "reforms"):
        assert (tmp_path / f"{name}.csv").read_bytes() == (DATA / f"{name}.csv").read_bytes()


def test_names_are_composed_and_trimmed():
    for row in read_units():
        assert row.name == unicodedata.normalize("NFC", row.name).strip() != ""


def test_hamlets_are_marked_as_invented_and_nothing_else_is():
    hamlets = list(MAP.units(NOW, "hamlet"))
    assert len(hamlets) == 16
    for hamlet in hamlets:
        assert hamlet.code.startswith(MAP.unit(hamlet.parent, NOW).code + "-")
        assert hamlet.type == "to_dan_pho"
    assert {row.level for row in read_units() if row.invented} == {"hamlet"}
    assert all(row.invented for row in read_units() if row.level == "hamlet")


def test_one_commune_in_each_of_the_eight_districts_was_a_pilot():
    pilots = [unit for unit in MAP.units(BEFORE, "commune") if unit.pilot]
    assert len({unit.parent for unit in pilots}) == len(pilots) == 8
    assert {MAP.province_of(unit.id, BEFORE).code for unit in pilots} == {"27"}


def test_thirty_four_loads_then_one_reform_each_small_enough_to_announce():
    sizes = [len(repr(change).encode()) for change in changes()]
    assert [change.kind for change in changes()] == ["load"] * 34 + ["reform"]
    assert [change.map_version for change in changes()] == list(range(1, 36))
    assert max(sizes) < 900_000


@given(st.sampled_from(OLD_COMMUNES), DAYS)
def test_an_old_commune_lives_on_in_valid_communes_of_any_day(unit, day):
    present = MAP.present_of(unit, day)
    assert present
    assert all(MAP.unit(target, day).level == "commune" for target, _ in present)


@given(st.sampled_from(ALL_IDS), DAYS)
def test_a_path_starts_at_the_unit_and_ends_in_a_province(unit, day):
    path = MAP.path(unit, day)
    if MAP.unit(unit, day) is None:
        assert path == ()
    else:
        assert path[0] == unit
        assert MAP.unit(path[-1], day) == MAP.province_of(unit, day)
        assert MAP.province_of(unit, day).level == "province"


@given(st.sampled_from(ALL_IDS), DAYS)
def test_children_and_parent_are_inverse(unit, day):
    row = MAP.unit(unit, day)
    assert all(child.parent == unit for child in MAP.children(unit, day))
    if row is not None and row.parent is not None:
        assert row in MAP.children(row.parent, day)


@given(st.sampled_from(ALL_IDS), DAYS)
def test_successors_and_predecessors_are_inverse(unit, day):
    for edge in MAP.successors(unit, day):
        assert edge in MAP.predecessors(edge.to_id, day)


@given(st.sampled_from(ALL_IDS), DAYS)
def test_a_code_finds_its_holder(unit, day):
    row = MAP.unit(unit, day)
    if row is not None and not (row.level == "district" and row.code in TWICE_LISTED_DISTRICTS):
        assert MAP.by_code(row.code, day, row.level) == row
