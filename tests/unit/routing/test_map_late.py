"""Changes of the map that are entered late: what they make of the rows that follow, and what they leave."""

from datetime import date, timedelta

import pytest

from services.routing.domain.map_changes import Create, Mark, Merge, NewUnit, Part, Rename, Retype, Split
from services.routing.problems import TEXTS
from services.routing.use_cases.change_map import Entered
from services.routing.views.map_change import effects
from services.routing.views.map_form import preview_context
from shared.web.catalogue import BASE_TEXTS, Catalogue
from tests.unit.routing.test_map_changes import DAY, LAW, ON, START, fault, made


def test_an_entry_may_be_made_late_and_what_was_known_before_stays():
    past = date(2025, 9, 1)
    _, after = made(Rename(past, LAW, "ua", "An Mới"))
    assert after.unit("ua", past).name == "An Mới"
    assert after.known_at(1).unit("ua", past).name == "An"
    assert after.unit("ua", past - DAY).name == "An"


def test_a_fact_entered_late_holds_until_another_one_is_known_to_follow():
    change, later = made(Retype(ON, LAW, "ua", "phuong"))
    _, after = made(Rename(ON - DAY, LAW, "ua", "Xa"), later, 2)
    assert [(r.name, r.type, r.valid_from) for r in after.history("ua")] == [
        ("An", "xa", START),
        ("Xa", "xa", ON - DAY),
        ("Xa", "phuong", ON),
    ]
    assert [r.name for r in after.known_at(later.version).history("ua")] == ["An", "An"]
    _, again = made(Rename(ON - 2 * DAY, LAW, "ua", "Cũ"), after, 3)
    assert [r.name for r in again.history("ua")] == ["An", "Cũ", "Xa", "Xa"]
    _, marked = made(Mark(ON, LAW, "ua", pilot=True), again, 4)
    assert [r.pilot for r in marked.history("ua")] == [False, False, False, True]
    _, ended = made(Merge(ON + DAY, LAW, ("ua",), target="ub"), marked, 5)
    assert made(Rename(ON, LAW, "ua", "Mới"), ended, 6)[1].last("ua").valid_to == ON + DAY
    assert change.effective == ON


def test_a_type_entered_late_reaches_what_followed_until_it_turned_again():
    """A commune was a ward already before its renaming was entered; its hamlets follow, also a newer one."""
    _, units = made(Rename(ON, LAW, "ua", "Xa"))
    _, units = made(Rename(ON, LAW, "uh1", "Trên"), units, 2)
    created, units = made(Create(ON, LAW, NewUnit("Bắc", "thon"), "ua"), units, 3)
    _, after = made(Retype(ON - DAY, LAW, "ua", "phuong"), units, 4)
    assert [(r.name, r.type, r.valid_from) for r in after.history("ua")] == [
        ("An", "xa", START),
        ("An", "phuong", ON - DAY),
        ("Xa", "phuong", ON),
    ]
    assert [r.type for r in after.history("uh1")] == ["thon", "to_dan_pho", "to_dan_pho"]
    assert [r.type for r in after.history("uh2")] == ["thon", "to_dan_pho"]
    assert [r.type for r in after.history(created.units[0].id)] == ["to_dan_pho"]
    _, earlier = made(Retype(ON - 2 * DAY, LAW, "ua", "thi_tran"), after, 5)
    assert [r.type for r in earlier.history("ua")] == ["xa", "thi_tran", "phuong", "phuong"]
    assert {r.type for r in earlier.history("uh2") if r.valid_from >= ON - DAY} == {"to_dan_pho"}


def test_a_late_merger_carries_hamlets_along_that_were_renamed_since():
    _, renamed = made(Rename(ON, LAW, "uh1", "Trên"))
    _, after = made(Merge(ON - DAY, LAW, ("ua",), target="ub"), renamed, 2)
    assert [(r.name, r.parent, r.code) for r in after.history("uh1")] == [
        ("Đông", "ua", "09001-01"),
        ("Đông", "ub", "09002-02"),
        ("Trên", "ub", "09002-02"),
    ]


def test_a_late_split_of_a_unit_that_stays_keeps_what_followed():
    _, renamed = made(Rename(ON, LAW, "ua", "Xa"))
    parts = (Part("part", unit="ua"), Part("part", unit="ub"))
    change, after = made(Split(ON - DAY, LAW, "ua", parts, {"uh2": 1}), renamed, 2)
    assert [r.name for r in after.history("ua")] == ["An", "Xa"]
    assert after.unit("uh2", ON).parent == "ub"
    assert [(edge.from_id, edge.to_id) for edge in change.successions] == [("ua", "ub")]
    gone = Split(
        ON - DAY, LAW, "ua", (Part("part", unit="ub"), Part("part", new=NewUnit("C", "xa", "09009")))
    )
    assert fault(gone, renamed) == ("effective", "not_after")


GIVE = (Part("population", unit="ua"), Part("part", unit="ub"))
LATER = ON + timedelta(days=100)


def test_a_late_move_leaves_a_hamlet_as_it_is_where_it_went_since():
    _, units = made(Merge(LATER, LAW, ("ua", "ub"), new=NewUnit("Hòa", "xa", "09001")))
    _, units = made(Create(START + DAY, LAW, NewUnit("Cao", "xa", "09003"), "up"), units, 2)
    third, was = units.by_code("09003", ON, "commune").id, units.unit("uh1", LATER)
    parts = (Part("population", unit="ua"), Part("part", unit=third))
    _, after = made(Split(ON, LAW, "ua", parts, {"uh1": 1}), units, 3)
    now = after.unit("uh1", LATER)
    assert after.unit("uh1", ON).parent == third
    assert (now.parent, now.code) == (was.parent, was.code)


@pytest.mark.parametrize(
    ("first", "late", "type_"),
    [
        (Split(LATER, LAW, "ua", GIVE, {"uh1": 1}), Retype(ON, LAW, "ua", "phuong"), "thon"),
        (Retype(LATER, LAW, "ub", "phuong"), Split(ON, LAW, "ua", GIVE, {"uh1": 1}), "to_dan_pho"),
        (Retype(LATER, LAW, "ua", "phuong"), Split(ON, LAW, "ua", GIVE, {"uh1": 1}), "thon"),
    ],
)
def test_a_hamlet_is_called_as_its_commune_wants_it_whichever_was_entered_first(first, late, type_):
    _, units = made(first)
    _, after = made(late, units, 2)
    hamlet = after.unit("uh1", LATER)
    assert (hamlet.parent, hamlet.type) == ("ub", type_)


def test_a_hamlet_made_late_turns_with_its_commune():
    _, units = made(Retype(LATER, LAW, "ub", "phuong"))
    change, after = made(Create(ON, LAW, NewUnit("Mới", "thon"), "ub"), units, 2)
    rows = after.history(change.units[0].id)
    assert [(row.type, row.valid_from, row.valid_to) for row in rows] == [
        ("thon", ON, LATER),
        ("to_dan_pho", LATER, None),
    ]


def test_a_late_merger_does_not_orphan_what_began_later_below_it():
    _, later = made(Create(ON, LAW, NewUnit("Bắc", "thon"), "ua"))
    assert fault(Merge(ON - DAY, LAW, ("ua",), target="ub"), later) == ("effective", "orphan")


def test_what_a_late_change_does_is_told_unit_by_unit_also_of_what_began_later():
    created, units = made(Create(ON, LAW, NewUnit("Bắc", "thon"), "ua"))
    change, _ = made(Retype(ON - DAY, LAW, "ua", "phuong"), units, 2)
    shown = effects(Entered(change, units, {}))
    assert {(effect.kind, effect.on) for effect in shown} == {("changes", ON - DAY), ("changes", ON)}
    (new,) = (effect for effect in shown if effect.unit == created.units[0].id)
    assert (new.was.type, new.now.type, new.on) == ("thon", "to_dan_pho", ON)
    told = preview_context(Entered(change, units, {}), [], Catalogue.load(BASE_TEXTS, TEXTS))
    assert [one["name"] for one in told["effects"]].count("Tổ dân phố Bắc") == 1
