"""The committed schemas, examples and page are those of the models; change within a version is additive."""

import copy
import json
from typing import Any

import pytest

from deploy.cli.contracts import EXAMPLES, SCHEMAS, Schema, breaking, schema_of, stale
from shared.contracts.events import CaseOpened, Event, ReportReceived
from shared.contracts.registry import BY_TYPE, EVENTS
from shared.contracts.topics import TOPICS


def test_generated_files_are_as_the_models_say() -> None:
    assert stale() == [], "run: langnghe contracts write"


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.ce_type())
def test_the_committed_example_is_an_event(event: type[Event]) -> None:
    example = json.loads((EXAMPLES / f"{event.ce_type()}.json").read_text())
    read = event.model_validate_json(json.dumps(example["body"]))
    assert read.model_dump(mode="json") == example["body"]
    assert read.key == example["key"]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.ce_type())
def test_change_since_the_committed_schema_is_additive(event: type[Event]) -> None:
    committed = json.loads((SCHEMAS / f"{event.ce_type()}.json").read_text())
    assert breaking(committed, schema_of(event)) == []


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.ce_type())
def test_an_unknown_field_harms_nobody(event: type[Event]) -> None:
    example = json.loads((EXAMPLES / f"{event.ce_type()}.json").read_text())["body"]
    assert event.model_validate_json(json.dumps(example | {"later": {"x": 1}})) == event.model_validate(
        example
    )


def test_types_name_their_version_and_have_a_topic() -> None:
    assert len(BY_TYPE) == len(EVENTS)
    for event in EVENTS:
        assert event.ce_type() == f"langnghe.{event.__name__}.v{event.major}"
        assert event in TOPICS[event.topic].events


# what counts as breaking ---------------------------------------------------------------------------------


def _changed(event: type[Event], change: Any) -> tuple[Schema, Schema]:
    committed = schema_of(event)
    current = copy.deepcopy(committed)
    change(current)
    return committed, current


def test_a_removed_field_breaks() -> None:
    committed, current = _changed(ReportReceived, lambda s: s["properties"].pop("text"))
    assert breaking(committed, current) == ["text was removed"]


def test_a_renamed_field_breaks_twice() -> None:
    def rename(schema: Schema) -> None:
        schema["properties"]["words"] = schema["properties"].pop("text")
        schema["required"] = [*schema["required"], "words"]

    committed, current = _changed(ReportReceived, rename)
    assert breaking(committed, current) == ["text was removed", "words is new and required"]


def test_a_retyped_field_breaks() -> None:
    committed, current = _changed(ReportReceived, lambda s: s["properties"]["text"].update(type="integer"))
    assert breaking(committed, current) == ["text is no longer string"]


def test_a_field_that_may_no_longer_be_null_breaks() -> None:
    def tighten(schema: Schema) -> None:
        schema["properties"]["place_hint"] = {"type": "string", "default": ""}

    committed, current = _changed(ReportReceived, tighten)
    assert breaking(committed, current) == ["place_hint is no longer null"]


def test_a_word_taken_from_a_vocabulary_breaks() -> None:
    committed, current = _changed(ReportReceived, lambda s: s["properties"]["channel"]["enum"].remove("sms"))
    assert breaking(committed, current) == ["channel no longer takes sms"]


def test_a_change_deep_within_breaks() -> None:
    def drop(schema: Schema) -> None:
        schema["$defs"]["Clocks"]["properties"].pop("settle_by")

    committed, current = _changed(CaseOpened, drop)
    assert "after.clocks.settle_by was removed" in breaking(committed, current)


def test_a_new_optional_field_does_not_break() -> None:
    def add(schema: Schema) -> None:
        schema["properties"]["more"] = {"type": "string", "default": ""}

    assert breaking(*_changed(CaseOpened, add)) == []
