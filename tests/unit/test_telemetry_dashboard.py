"""The dashboard's file: as its definition says, and sound by what Grafana asks of the model."""

import itertools
import re
from typing import Any, get_args

import orjson
import pytest

from deploy.grafana.dashboard import DATASOURCE, dump
from deploy.grafana.pipeline import FILE, PIPELINE
from services.intake import metrics as intake
from services.intake.domain.candidate import Became, DoorName
from services.notify import metrics as notify
from services.notify.domain.outcome import Result
from services.notify.domain.recipients import Channel

DASHBOARD: dict[str, Any] = orjson.loads(FILE.read_bytes())
PANELS: list[dict[str, Any]] = DASHBOARD["panels"]
CHARTS = [panel for panel in PANELS if panel["type"] != "row"]


def test_the_file_is_as_the_definition_says() -> None:
    assert FILE.read_text() == dump(PIPELINE), "run: python -m deploy.grafana"


def test_the_rows_follow_the_stages() -> None:
    rows = [panel["title"].split(":")[0] for panel in PANELS if panel["type"] == "row"]
    assert rows == ["In", "Routing", "Counting", "Telling", "Ground"]


def test_it_can_be_provisioned() -> None:
    assert re.fullmatch(r"[a-zA-Z0-9_-]{1,40}", DASHBOARD["uid"])
    assert DASHBOARD["schemaVersion"] >= 39
    assert "id" not in DASHBOARD, "Grafana gives it"
    assert [v["type"] for v in DASHBOARD["templating"]["list"]] == ["datasource"]
    numbers = [panel["id"] for panel in PANELS]
    assert len(set(numbers)) == len(numbers)


def test_no_panel_lies_on_another() -> None:
    taken: dict[tuple[int, int], int] = {}
    for panel in PANELS:
        at = panel["gridPos"]
        assert at["x"] + at["w"] <= 24
        rows, columns = range(at["y"], at["y"] + at["h"]), range(at["x"], at["x"] + at["w"])
        for cell in itertools.product(rows, columns):
            assert taken.setdefault(cell, panel["id"]) == panel["id"], panel["title"]


@pytest.mark.parametrize("panel", CHARTS, ids=lambda panel: panel["title"])
def test_a_panel_says_what_it_shows_and_asks_the_chosen_source(panel: dict[str, Any]) -> None:
    assert panel["description"]
    assert panel["targets"]
    assert {target["refId"] for target in panel["targets"]} == set("ABCDEFGH"[: len(panel["targets"])])
    for one in (panel, *panel["targets"]):
        assert one["datasource"] == DATASOURCE
    assert all(target["expr"] and target["legendFormat"] for target in panel["targets"])


def test_series_that_are_there_from_the_beginning_are_those_of_the_domain() -> None:
    assert get_args(DoorName) == intake.DOORS
    assert set(map(str, Became)) < set(intake.OUTCOMES)
    assert get_args(Channel) == notify.CHANNELS
    assert get_args(Result) == notify.RESULTS
