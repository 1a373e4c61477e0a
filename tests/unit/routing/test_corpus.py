"""The sample corpus as a measure. Rules and model were made with it in view, so this table flatters them.

What to expect of reports that nobody has seen is in `docs/evaluation.md` (make evaluate). Floors are what is
reached now, so that a change that costs something is noticed; the labels are one writer's reading.
"""

import pytest

from deploy.cli.evaluate.judge import accused_knows
from services.routing.domain.decide import open_case
from tests.unit.routing.corpus import decided, measures
from tests.unit.routing.ground import basis

FLOORS = {
    "unit right": 0.98,
    "unit in first three": 0.99,
    "category right": 0.98,
    "category in first three": 0.99,
    "severity exact": 0.9,
    "severity 3 found": 0.98,
    "legal kind": 0.96,
    "level": 0.96,
    "accused found": 0.97,
    "accused guarded": 0.99,
}
CEILINGS = {
    "unit given and wrong": 0.01,
    "guarded without need": 0.04,
    "broke a decision": 0.0,
    "accused's unit an owner": 0.0,
}


@pytest.fixture(scope="module")
def measured():
    table = measures()
    print("\n" + "\n".join(f"{name:26} {value:.3f}" for name, value in table.items()))
    return table


@pytest.mark.parametrize("name", FLOORS)
def test_at_least_as_good_as_it_was(measured, name):
    assert measured[name] >= FLOORS[name]


@pytest.mark.parametrize("name", CEILINGS)
def test_not_worse_than_it_was(measured, name):
    assert measured[name] <= CEILINGS[name]


def test_corruption_is_always_at_the_province():
    decisions = [decision for _, _, decision in decided() if decision.facts.category == "tham-nhung-tieu-cuc"]
    assert len(decisions) > 20
    assert {decision.facts.level for decision in decisions} == {"province"}


def test_the_same_report_gets_the_same_decision():
    for made, _, decision in decided()[::20]:
        assert open_case(made, made.received_at, basis()) == decision


def test_the_accuseds_commune_is_never_in_the_audience():
    leaks = [
        made.text
        for made, labels, decision in decided()
        if accused_knows(decision, labels, basis(), made.report_date)
    ]
    assert leaks == []
