"""How much of the sample reports' personal data is found, and what else is hit."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from services.intake.domain.redaction import Kind, known_places, redact
from services.intake.domain.redaction.view import view

CORPUS = Path(__file__).parents[3] / "deploy/cli/data/reports-vi.jsonl"
UNITS = Path(__file__).parents[3] / "services/routing/map/data/units.csv"


def reports() -> list[dict[str, Any]]:
    return [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]


def test_every_labelled_span_is_found(capsys: pytest.CaptureFixture[str]) -> None:
    found, missed = 0, []
    for report in reports():
        text, spans = report["text"], redact(report["text"]).spans
        for labelled in report["expect"]["personal_data"]:
            start = text.index(labelled)
            covered = any(span.start <= start and start + len(labelled) <= span.end for span in spans)
            found += covered
            missed += [] if covered else [(report["id"], labelled)]
    with capsys.disabled():
        print(f"\nredaction: recall {found}/{found + len(missed)} of the labelled spans")
    assert not missed


def test_hardly_anything_else_is_hit(capsys: pytest.CaptureFixture[str]) -> None:
    others = [
        (report["id"], span.kind.name, report["text"][span.start : span.end])
        for report in reports()
        for span in redact(report["text"]).spans
        if report["text"][span.start : span.end] not in report["expect"]["personal_data"]
    ]
    with capsys.disabled():
        print(f"\nredaction: {len(others)} spans beyond the labelled ones: {others}")
    assert all(kind == Kind.HOUSE.name for _, kind, _ in others), (
        "house numbers are not labelled, all else is"
    )


def test_redacting_a_sample_again_changes_nothing() -> None:
    for report in reports():
        once = redact(report["text"]).text
        assert redact(once).text == once


def unit_names() -> list[str]:
    lines = UNITS.read_text(encoding="utf-8").splitlines()
    column = lines[0].split(",").index("name")
    return sorted({line.split(",")[column] for line in lines[1:]})


@pytest.mark.parametrize("frame", ["xã {}", "ở {} mất điện", "Đường qua phường {} ngập", "Tại {}, rác nhiều"])
def test_no_unit_of_the_country_is_taken_for_a_person(frame: str) -> None:
    hit = [name for name in unit_names() if redact(frame.format(name)).spans]
    assert hit == []


@pytest.mark.parametrize("typed", [str, str.lower, lambda name: view(name).folded.title()])
def test_a_hint_that_is_only_a_units_name_stays_whole(typed: Callable[[str], str]) -> None:
    places = known_places(unit_names())
    hit = [typed(name) for name in unit_names() if redact(typed(name), places).spans]
    assert hit == []


def test_with_the_map_at_hand_a_persons_name_ends_where_a_place_begins() -> None:
    text = "Bà Nguyễn Nga Đa Mai báo mất điện"
    places = known_places(unit_names())
    assert redact(text, places).text == "Bà [tên] Đa Mai báo mất điện"
