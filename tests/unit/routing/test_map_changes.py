"""Changes of the map: what each makes of it, and what is refused."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from services.routing.domain.map_changes import (
    Abolish,
    Create,
    Mark,
    Merge,
    NewUnit,
    Part,
    Rename,
    Retype,
    Split,
    plan,
)
from shared.units import MapChange, UnitMap, UnitRecord, full_name

START, DAY = date(2025, 7, 1), timedelta(days=1)
ON = date(2026, 12, 1)
LAW = "NQ 12/NQ-HĐND"


def row(unit_id, code, level, type_, name, parent):
    return UnitRecord(unit_id, code, level, type_, name, parent, START)


def small_map():
    """A province, two communes; two hamlets in the first and one in the second."""
    rows = (
        row("up", "24", "province", "thanh_pho", "Bắc Ninh", None),
        row("ua", "09001", "commune", "xa", "An", "up"),
        row("ub", "09002", "commune", "xa", "Bình", "up"),
        row("uh1", "09001-01", "hamlet", "thon", "Đông", "ua"),
        row("uh2", "09001-02", "hamlet", "thon", "Tây", "ua"),
        row("uh3", "09002-01", "hamlet", "thon", "Nam", "ub"),
    )
    return UnitMap.empty().apply(MapChange(1, "load", "thử", START, "NQ", rows))


def made(wanted, units=None, number=1, cases=None):
    units = units or small_map()
    change = plan(wanted, units, UUID(int=number), cases)
    assert isinstance(change, MapChange), change
    return change, units.apply(change)


def fault(wanted, units=None, cases=None):
    found = plan(wanted, units or small_map(), UUID(int=1), cases)
    assert isinstance(found, tuple), found
    return found[0].field, found[0].code


MERGE = Merge(ON, LAW, ("ua", "ub"), new=NewUnit("Hòa", "phuong", "09001"))


def test_a_merger_ends_the_sources_and_carries_their_hamlets_along():
    change, after = made(MERGE)
    (heir,) = {edge.to_id for edge in change.successions}
    assert (change.map_version, change.kind, change.legal_basis) == (2, "merge", LAW)
    assert change.title == "Nhập Xã An, Xã Bình thành Phường Hòa"
    assert after.unit("ua", ON) is None
    assert after.unit("ua", ON - DAY) is not None
    assert after.present_of("ua", ON) == ((heir, "whole"),)
    assert full_name(after.unit(heir, ON)) == "Phường Hòa"
    hamlets = {unit.name: (unit.id, unit.code, unit.type) for unit in after.children(heir, ON)}
    assert hamlets == {
        "Đông": ("uh1", "09001-01", "to_dan_pho"),
        "Tây": ("uh2", "09001-02", "to_dan_pho"),
        "Nam": ("uh3", "09001-03", "to_dan_pho"),
    }
    assert after.path("uh3", ON - DAY) == ("uh3", "ub", "up")
    assert after.path("uh3", ON) == ("uh3", heir, "up")


def test_a_unit_can_take_others_in_and_goes_on():
    change, after = made(Merge(ON, LAW, ("ua",), target="ub"))
    assert change.title == "Nhập Xã An vào Xã Bình"
    assert after.history("ub") == small_map().history("ub")
    assert [unit.code for unit in after.children("ub", ON)] == ["09002-01", "09002-02", "09002-03"]


def test_a_split_says_where_each_hamlet_goes():
    parts = (Part("population", new=NewUnit("Mới", "xa", "09003")), Part("part", unit="ub"))
    wanted = Split(ON, LAW, "ua", parts, {"uh1": 0, "uh2": 1})
    change, after = made(wanted)
    (new,) = {edge.to_id for edge in change.successions} - {"ub"}
    assert after.present_of("ua", ON) == tuple(sorted(((new, "population"), ("ub", "part"))))
    assert after.path("uh1", ON) == ("uh1", new, "up")
    assert after.path("uh2", ON) == ("uh2", "ub", "up")
    assert fault(Split(ON, LAW, "ua", parts, {"uh1": 0})) == ("children", "needed")


def test_a_unit_that_gives_a_part_away_goes_on_with_the_rest():
    parts = (Part("population", unit="ua"), Part("part", new=NewUnit("Mới", "xa", "09003")))
    change, after = made(Split(ON, LAW, "ua", parts, {"uh2": 1}))
    (edge,) = change.successions
    assert (edge.from_id, edge.kind) == ("ua", "part")
    assert after.unit("ua", ON) is not None
    assert after.path("uh1", ON) == ("uh1", "ua", "up")
    assert after.path("uh2", ON) == ("uh2", edge.to_id, "up")


def test_a_commune_that_becomes_a_ward_has_neighbourhoods():
    _, after = made(Retype(ON, LAW, "ua", "phuong"))
    assert full_name(after.unit("ua", ON)) == "Phường An"
    assert {unit.type for unit in after.children("ua", ON)} == {"to_dan_pho"}
    assert {unit.type for unit in after.children("ua", ON - DAY)} == {"thon"}


def test_a_new_hamlet_gets_a_display_code_that_none_ever_had():
    _, without = made(Merge(ON, LAW, ("uh2",), target="uh1"))
    change, after = made(Create(ON + DAY, LAW, NewUnit("Bắc", "thon"), "ua"), without, 2)
    assert [unit.code for unit in change.units] == ["09001-03"]
    assert len(after.children("ua", ON + DAY)) == 2


def test_the_same_change_mints_the_same_ids():
    assert made(MERGE)[0] == made(MERGE)[0]
    assert made(MERGE)[0].units[0].id != made(MERGE, number=2)[0].units[0].id


def test_a_pilot_is_marked_from_a_day_on():
    _, after = made(Mark(ON, LAW, "uh1", True))
    assert [after.unit("uh1", day).pilot for day in (ON - DAY, ON)] == [False, True]
    assert fault(Mark(ON, LAW, "uh1", False)) == ("pilot", "unchanged")


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (Rename(ON, LAW, "unknown", "X"), ("unit", "unknown_unit")),
        (Rename(START, LAW, "ua", "X"), ("effective", "not_after")),
        (Rename(ON, LAW, "ua", "An"), ("name", "unchanged")),
        (Rename(ON, LAW, "ua", "Bình"), ("name", "name_taken")),
        (Retype(ON, LAW, "ua", "thon"), ("type", "wrong_level")),
        (Retype(ON, LAW, "ua", "lang"), ("type", "unknown_type")),
        (Create(ON, LAW, NewUnit("X", "xa", "09001"), "up"), ("code", "code_taken")),
        (Create(ON, LAW, NewUnit("X", "xa"), "up"), ("code", "needed")),
        (Create(ON, LAW, NewUnit("X", "xa", "09009"), None), ("parent", "needed")),
        (Create(ON, LAW, NewUnit("X", "thon"), "up"), ("parent", "wrong_level")),
        (Create(ON, LAW, NewUnit("X", "xa", "09009"), "ua"), ("parent", "wrong_level")),
        (Create(START - DAY, LAW, NewUnit("X", "thon"), "ua"), ("parent", "not_there")),
        (Merge(ON, LAW, ("ua", "ub")), ("target", "one_of_two")),
        (Merge(ON, LAW, ("ua", "ua"), target="ub"), ("units", "twice")),
        (Merge(ON, LAW, ("ua",), new=NewUnit("X", "xa", "09009")), ("units", "too_few")),
        (Merge(ON, LAW, ("ua", "ub"), target="ub"), ("target", "circle")),
        (Merge(ON, LAW, ("ua", "uh3"), new=NewUnit("X", "xa", "09009")), ("parent", "needed")),
        (Merge(ON, LAW, ("uh1",), target="ub"), ("units", "wrong_level")),
        (Split(ON, LAW, "ua", (Part("part", unit="ub"),)), ("parts", "too_few")),
        (Split(ON, LAW, "ua", (Part("part", unit="ub"),) * 2, {"uh1": 0, "uh2": 0}), ("parts", "twice")),
        (
            Split(ON, LAW, "ua", (Part("half", unit="ub"), Part("part", unit="ua"))),
            ("parts", "unknown_share"),
        ),
        (
            Split(ON, LAW, "ua", (Part("part", unit="ub"), Part("part", unit="ua")), {"uh3": 0}),
            ("children", "not_below"),
        ),
        (Abolish(ON, LAW, "ua"), ("unit", "has_units")),
    ],
)
def test_what_would_break_the_map_is_refused_naming_the_field(wanted, expected):
    assert fault(wanted) == expected


def test_a_place_where_cases_lie_is_not_abolished_but_merged():
    assert fault(Abolish(ON, LAW, "uh1"), cases={"uh1": 3}) == ("unit", "has_cases")
    _, after = made(Abolish(ON, LAW, "uh1"))
    assert after.unit("uh1", ON) is None


def test_a_unit_that_has_ended_or_will_end_cannot_be_changed_again():
    _, after = made(MERGE)
    assert fault(Rename(ON + DAY, LAW, "ua", "X"), after) == ("unit", "ended")
    assert fault(Create(ON - DAY, LAW, NewUnit("X", "thon"), "ua"), after) == ("effective", "orphan")


@pytest.mark.parametrize(
    "late",
    [
        Merge(ON - DAY, LAW, ("uh1",), target="uh2"),
        Merge(ON - DAY, LAW, ("uh1",), target="uh3"),
        Split(
            ON - DAY,
            LAW,
            "uh1",
            (Part("part", unit="uh3"), Part("population", new=NewUnit("Mới", "thon"))),
        ),
        Abolish(ON - DAY, LAW, "uh1"),
    ],
)
def test_a_unit_that_took_others_in_cannot_have_ended_before_so_no_lineage_goes_in_a_circle(late):
    _, later = made(Merge(ON, LAW, ("uh2",), target="uh1"))
    assert fault(late, later) == ("effective", "heir")
