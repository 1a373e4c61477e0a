"""Cases of former units on today's map: whole where all of it lies inside, told apart where it was split."""

from datetime import date

from services.aggregation.domain.present import attribute, child_of, moved_to
from services.routing.map.seed import unit_map
from shared.units import MapChange, SuccessionRecord, UnitMap, UnitRecord
from shared.units.relation import related, where

THEN, REFORM, TODAY = date(2020, 1, 1), date(2025, 7, 1), date(2026, 11, 24)


def small_map() -> UnitMap:
    """Old communes: `a` went into x, `b` into x and y, `c` into y and another province's z."""

    def unit(
        name: str, level: str, parent: str | None, until: date | None = None, since: date = THEN
    ) -> UnitRecord:
        kind = "tinh" if level == "province" else "xa"
        return UnitRecord(
            f"u{name}00000", name, level, kind, name, parent and f"u{parent}00000", since, until
        )

    old = [unit(name, "commune", "p", REFORM) for name in "abc"]
    new = [unit("x", "commune", "p", since=REFORM), unit("y", "commune", "p", since=REFORM)]
    other = [unit("q", "province", None), unit("z", "commune", "q", since=REFORM)]
    became = [
        ("a", "x", "whole"),
        ("b", "x", "part"),
        ("b", "y", "part"),
        ("c", "y", "part"),
        ("c", "z", "part"),
    ]
    edges = tuple(SuccessionRecord(f"u{f}00000", f"u{t}00000", REFORM, kind) for f, t, kind in became)
    units = (unit("p", "province", None), *old, *new, *other)
    return UnitMap.empty().apply(MapChange(1, "load", "all", REFORM, "", units, edges))


def test_where_a_former_unit_lies() -> None:
    units = small_map()
    assert where(units, "ua00000", "up00000", TODAY).child == "ux00000"
    assert where(units, "ua00000", "ux00000", TODAY).place == "inside"
    assert where(units, "ub00000", "up00000", TODAY).place == "inside"
    assert where(units, "ub00000", "up00000", TODAY).child is None
    assert where(units, "ub00000", "ux00000", TODAY).place == "split"
    assert where(units, "uc00000", "up00000", TODAY).place == "split"
    assert where(units, "ua00000", "uy00000", TODAY).place == "outside"


def test_nothing_is_lost_and_nothing_is_guessed() -> None:
    units = small_map()
    rows = [
        ("ua00000", "k", 5),
        ("ub00000", "k", 7),
        ("uc00000", "k", 11),
        ("ux00000", "k", 2),
        ("uz00000", "k", 90),
    ]
    found = attribute(rows, units, "up00000", TODAY)
    assert (found.cells, found.split) == ({"k": 14}, 11)
    assert found.children == {"ux00000": 7, None: 7}


def test_every_old_commune_of_both_provinces_lies_in_one_of_the_99() -> None:
    units = unit_map()
    home = units.by_code("24", TODAY, "province")
    assert home is not None
    provinces = [units.by_code(code, date(2025, 6, 30), "province") for code in ("24", "27")]
    rows = [(u.id, "k", 1) for p in provinces if p for u in units.units(date(2025, 6, 30), "commune", p.id)]
    found = attribute(rows, units, home.id, TODAY)
    assert (found.cells, found.split, len(rows)) == ({"k": 313}, 0, 313)
    assert len(found.children) == 99
    assert None not in found.children


def test_cases_of_today_on_the_map_before_the_reform() -> None:
    units = small_map()
    before = date(2025, 6, 30)
    # x was made of a and of a part of b, both in the province; which of its cases are whose, nobody knows.
    assert where(units, "ux00000", "up00000", before).place == "inside"
    assert where(units, "ux00000", "ua00000", before).place == "split"
    assert where(units, "uz00000", "up00000", before).place == "inside"


def test_the_99_come_from_two_provinces_without_a_split() -> None:
    units, before = unit_map(), date(2025, 6, 30)
    home = units.by_code("24", TODAY, "province")
    assert home is not None
    rows = [(u.id, "k", 1) for u in units.units(TODAY, "commune", home.id)]
    parts = [units.by_code(code, before, "province") for code in ("24", "27")]
    found = [attribute(rows, units, part.id, before) for part in parts if part is not None]
    assert sum(sum(one.cells.values()) for one in found) == 99
    assert [one.split for one in found] == [0, 0]


def test_what_a_person_placed_after_a_split_is_attributed() -> None:
    """Of ten cases of a split unit seven were placed: five in x, two in y; three nobody can attribute."""
    units = small_map()
    rows, target = [("ub00000", "k", 10)], "ux00000"
    before = attribute(rows, units, target, TODAY)
    assert (before.cells, before.split) == ({}, 10)
    moved = [("ub00000", "ux00000", "k", 5), ("ub00000", "uy00000", "k", 2)]
    after = attribute(rows, units, target, TODAY, moved)
    assert (after.cells, after.split) == ({"k": 5}, 3)
    other = attribute(rows, units, "uy00000", TODAY, moved)
    assert (other.cells, other.split) == ({"k": 2}, 3)
    whole = attribute([("ua00000", "k", 4)], units, target, TODAY, [("ua00000", "ux00000", "k", 1)])
    assert (whole.cells, whole.split) == ({"k": 4}, 0)


def test_what_a_person_placed_leaves_a_unit_that_goes_on_after_giving_a_part_away() -> None:
    """Commune `a` gave a part to `n` and goes on; of its seven cases two were placed in `n`."""
    rows = [
        UnitRecord("up00000", "p", "province", "tinh", "p", None, THEN),
        UnitRecord("ua00000", "a", "commune", "xa", "a", "up00000", THEN),
        UnitRecord("un00000", "n", "commune", "xa", "n", "up00000", REFORM),
    ]
    edges = (SuccessionRecord("ua00000", "un00000", REFORM, "part"),)
    units = UnitMap.empty().apply(MapChange(1, "load", "all", THEN, "", tuple(rows), edges))
    counted, moved = [("ua00000", "k", 7)], [("ua00000", "un00000", "k", 2)]
    for target, n in (("ua00000", 5), ("un00000", 2), ("up00000", 7)):
        found = attribute(counted, units, target, TODAY, moved)
        assert (found.cells.get("k"), found.split) == (n, 0), target
    assert attribute(counted, units, "up00000", TODAY, moved).children == {"ua00000": 5, "un00000": 2}
    assert attribute(counted, units, "ua00000", THEN, moved).cells == {"k": 7}
    for target, then, now, shown in (
        ("up00000", "ua00000", None, "ua00000"),
        ("up00000", "ua00000", "un00000", "un00000"),
        ("ua00000", "ua00000", None, "ua00000"),
    ):
        assert child_of(units, target, TODAY, then, now) == shown
    pairs = [("ua00000", "un00000")]
    assert moved_to(units, "ua00000", TODAY, pairs) == [("ua00000", "un00000", False)]
    assert moved_to(units, "un00000", TODAY, pairs) == [("ua00000", "un00000", True)]
    assert moved_to(units, "ua00000", THEN, pairs) == []


def test_what_was_created_later_lies_on_an_earlier_map_where_it_was_created() -> None:
    rows = [
        UnitRecord("up00000", "p", "province", "tinh", "p", None, THEN),
        UnitRecord("ua00000", "a", "commune", "xa", "a", "up00000", THEN),
        UnitRecord("uh00000", "a-01", "hamlet", "thon", "h", "ua00000", REFORM),
    ]
    units = UnitMap.empty().apply(MapChange(1, "load", "all", THEN, "", tuple(rows)))
    for target in ("ua00000", "up00000"):
        assert attribute([("uh00000", "k", 7)], units, target, THEN).cells == {"k": 7}


def test_what_is_related_to_a_unit_is_what_lies_in_it_whole_or_in_part() -> None:
    units = small_map()
    everything = {row.id for day in (THEN, TODAY) for row in units.units(day)}
    for target in everything:
        day = TODAY if units.unit(target, TODAY) else THEN
        inside, split = related(units, target, day)
        places = {unit: where(units, unit, target, day).place for unit in everything}
        assert inside == {unit for unit, place in places.items() if place == "inside"}
        assert split == {unit for unit, place in places.items() if place == "split"}
