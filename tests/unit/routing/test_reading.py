"""Questions to the cases: what each parameter asks of the store, on the committed map."""

from datetime import UTC, date, datetime
from uuid import UUID

import pytest

from services.routing.domain.map_changes import Merge, plan
from services.routing.reading import CHOICES, PARAMETERS, ask, find_unit
from services.routing.store.reads import cases_query
from tests.unit.routing.ground import basis, commune

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)


def asked(**parameters):
    return ask(parameters, basis().units, NOW)


def faults(**parameters):
    return [(fault.field, fault.code) for fault in asked(**parameters).faults]


def test_nothing_asked_is_everything():
    assert asked().filters == {}
    assert asked(unit=" ", category="").filters == {}


def test_a_code_is_the_unit_that_bears_it_on_the_last_day_asked_for():
    now, then = asked(unit="09193"), asked(unit="09193", to="2025-06-30")
    assert now.filters["path"] == commune("09193", date(2026, 11, 20))
    assert then.filters["path"] == commune("09193", date(2025, 6, 30))
    assert now.filters["path"] != then.filters["path"]


def test_a_former_unit_is_found_by_its_id():
    former = commune("09193", date(2025, 6, 30))
    assert find_unit(former, basis().units, [NOW.date()]).id == former


def test_a_province_is_asked_by_the_path_alone_and_a_commune_by_its_index():
    province, unit = asked(unit="24").filters, asked(unit="09169").filters
    assert set(province) == {"path"}
    assert unit["path"] == commune("09169")
    assert set(unit) & {"at", "units"}


def test_a_communes_hamlets_belong_to_it():
    units = basis().units
    hamlet = next(units.units(NOW.date(), "hamlet"))
    found = ask({"unit": hamlet.parent}, units, NOW).filters
    assert hamlet.id in found["units"]
    assert ask({"unit": hamlet.id}, units, NOW).filters == {"path": hamlet.id, "at": hamlet.id}


def test_a_unit_is_sought_as_it_was_then_or_on_the_map_of_a_day():
    then = asked(unit="09169", as_of="then").filters
    assert (then["then"], then["then_units"]) == (commune("09169"), [commune("09169")])
    today = asked(unit="09169", as_of="today").filters
    assert commune("09169") in today["laid"]
    assert {commune("09163", date(2025, 6, 15))} < set(today["laid"])
    before = asked(unit="09163", as_of="2025-06-15")
    assert before.unit.id == commune("09163", date(2025, 6, 15))
    assert before.filters["laid"] == [commune("09163", date(2025, 6, 15))]
    assert before.parted["split"] == [commune("09169")]
    assert before.parted["not_laid"] == before.filters["laid"]
    assert set(asked(unit="24", as_of="today").filters) == {"laid_provinces"}
    assert asked(as_of="then").filters == {}
    assert faults(unit="09169", as_of="soon") == [("as_of", "bad_map_day")]


def test_the_map_of_a_day_is_asked_as_it_was_known():
    """What a later version says of the day is not asked; without a day there is nothing to be known."""
    units, taken_in = basis().units, commune("09187")
    merger = Merge(date(2026, 10, 1), "NQ 12", (taken_in,), target=commune("09169"))
    later, told = units.apply(plan(merger, units, UUID(int=1))), {"unit": "09169", "as_of": "today"}
    assert taken_in in ask(told, later, NOW).filters["laid"]
    told["known_at"] = str(units.version)
    then = ask(told, later.known_at(units.version), NOW)
    assert not then.faults
    assert taken_in not in then.filters["laid"]
    nothing = ask(told, None, NOW).faults
    assert [(f.field, f.code) for f in nothing] == [("known_at", "bad_known_at")]
    for as_of in ("", "then"):
        assert faults(unit="09169", as_of=as_of, known_at="1") == [("known_at", "known_at_alone")]


def test_a_body_of_a_commune_is_sought_in_its_commune_only():
    unit = commune("09169")
    found = asked(owner=f"ubnd@{unit}").filters
    assert found["owner"] == f"ubnd@{unit}"
    assert set(found) & {"owner_at", "owner_units"}
    home = basis().home(NOW.date())
    assert asked(owner=f"mttq@{home}").filters == {"owner": f"mttq@{home}"}
    assert asked(owner="cong_an").filters == {"owner_kind": "cong_an@"}


def test_overdue_is_a_question_of_the_moment():
    assert asked(overdue="true").filters == {"overdue": NOW}
    assert asked(overdue="false").filters == {"not_overdue": NOW}


@pytest.mark.parametrize("name", CHOICES)
def test_a_choice_takes_its_values_and_no_other(name):
    for value in CHOICES[name]:
        assert not asked(**{name: value}).faults
    assert [(f.field, f.code) for f in asked(**{name: "khác"}).faults] == [(name, "unknown_value")]


def test_every_filter_of_a_question_is_known_to_the_store():
    everything = {
        "unit": "09163",
        "as_of": "2025-06-15",
        "known_at": "35",
        "owner": f"ubnd@{commune('09169')}",
        "from": "2026-01-01",
        "to": "2026-11-01",
        "after": "01a21a6c-936c-728d-8b89-60761f0c9f62",
        "limit": "10",
        **{name: next(iter(values)) for name, values in CHOICES.items()},
    }
    question = ask(everything, basis().units, NOW)
    assert not question.faults
    assert set(everything) | {"before"} == set(PARAMETERS)
    for filters in (question.filters, question.parted, asked(unit="09169", as_of="then").filters):
        sql, values = cases_query(filters, question.limit)
        assert len(values) == len(filters)
        assert f"${len(values)}" in sql


def test_what_a_caller_says_never_becomes_sql():
    sql, values = cases_query(asked(unit="24", category="rac-thai").filters, 5)
    assert "rac-thai" not in sql
    assert "rac-thai" in values
