"""The pilot beside the rest: by the marks of each day, whatever became of the communes."""

from datetime import date

import pytest

from services.aggregation.domain.pilot import Side, compare, spans
from services.routing.map.seed import unit_map
from shared.units import MapChange, UnitMap, UnitRecord

START, MARKED, LAST = date(2025, 7, 1), date(2026, 1, 10), date(2026, 2, 1)


def small_map() -> UnitMap:
    def unit(
        name: str, level: str, parent: str | None, since: date = START, pilot: bool = False
    ) -> UnitRecord:
        kinds = {"province": "tinh", "commune": "xa", "hamlet": "thon"}
        return UnitRecord(name, name, level, kinds[level], name, parent, since, pilot=pilot)

    return UnitMap.empty().apply(
        MapChange(
            1,
            "load",
            "thử",
            START,
            "NQ",
            (
                unit("up", "province", None),
                unit("ua", "commune", "up", pilot=True),
                unit("ub", "commune", "up"),
                unit("uc", "commune", "up"),
                unit("uh", "hamlet", "ua"),
                unit("ub", "commune", "up", MARKED, pilot=True),
            ),
        )
    )


def test_a_period_is_cut_where_marks_change() -> None:
    found = spans(small_map(), "up", date(2026, 1, 1), LAST)
    assert [(s.first, s.last) for s in found] == [
        (date(2026, 1, 1), date(2026, 1, 9)),
        (MARKED, LAST),
    ]
    assert [sorted(s.pilot) for s in found] == [["ua"], ["ua", "ub"]]
    assert [sorted(s.rest) for s in found] == [["ub", "uc"], ["uc"]]
    assert found[0].pilot_units == {"ua", "uh"}


def test_each_case_counts_on_the_side_of_its_day() -> None:
    before, after = spans(small_map(), "up", date(2026, 1, 1), LAST)
    then = [
        ("ua", "request", "opened", 2),
        ("ub", "request", "closed", 3),
        ("up", "request", "triage", 1),
    ]
    later = [
        ("uh", "observation", "noted", 4),
        ("ub", "request", "told", 5),
        ("uc", "request", "spam", 9),
        ("uc", "request", "answered", 1),
    ]
    found = compare([(before, then), (after, later)])
    assert found.pilot == Side(communes=2, opinions=11, observations=4, requests=7, answered=5)
    assert found.rest == Side(communes=1, opinions=4, observations=0, requests=4, answered=4)
    assert found.elsewhere == 1
    assert found.pilot.per_commune == 5.5
    assert found.pilot.share_answered == pytest.approx(5 / 7)
    assert Side(0, 0, 0, 0, 0).per_commune is None
    assert Side(0, 0, 0, 0, 0).share_answered is None


def test_a_former_commune_counts_on_the_side_where_it_was_last() -> None:
    ended = UnitRecord("ua", "ua", "commune", "xa", "ua", "up", START, date(2026, 1, 5), pilot=True)
    units = small_map().apply(MapChange(2, "abolish", "thử", date(2026, 1, 5), "NQ", (ended,)))
    spans_ = spans(units, "up", date(2026, 1, 5), date(2026, 1, 6))
    assert [(sorted(s.pilot), sorted(s.rest)) for s in spans_] == [([], ["ub", "uc"])]
    assert spans_[0].pilot_units == {"ua", "uh"}


def test_the_eight_communes_of_2024_are_the_pilot_of_that_year() -> None:
    units = unit_map()
    home = units.by_code("24", date(2026, 11, 1), "province")
    assert home is not None
    (span,) = spans(units, home.id, date(2024, 6, 1), date(2024, 6, 30))
    assert len(span.pilot) == 8
    assert len(span.pilot) + len(span.rest) == 121 + 192
    now = spans(units, home.id, date(2026, 11, 1), date(2026, 11, 2))[-1]
    assert len(now.pilot) + len(now.rest) == 99
