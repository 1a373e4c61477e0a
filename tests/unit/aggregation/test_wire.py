"""The lean reading of a case event agrees with the contract, and refuses what the contract refuses."""

from typing import Any, get_type_hints

import pytest
from aiokafka import ConsumerRecord
from pydantic import TypeAdapter

from services.aggregation.domain.counting import Counted
from services.aggregation.wire import Body, Clocks, Facts, Observation, parse_case
from shared.contracts import events
from shared.messaging.envelope import new_envelope
from shared.messaging.received import Dead, Received, parse_event
from shared.outbox import encode
from tests.unit.aggregation.examples import WEST, case_event, facts

SEEN = events.Observation(group="nong_dan", stance="ban_khoan", breadth="nhieu", people=12, second_hand=True)


def record(value: bytes | None, type_: str = "langnghe.CaseOpened.v1", headers: Any = None) -> Any:
    made = new_envelope("langnghe.routing", type_, causation=None, traceparent=None).headers()
    sizes = {"checksum": None, "serialized_key_size": 0, "serialized_value_size": 0}
    return ConsumerRecord(
        topic="cases.events", partition=3, offset=7, timestamp=0, timestamp_type=1, key=b"k", value=value,
        headers=tuple(made if headers is None else headers), **sizes,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("lean", "full"),
    [
        (Body, events.CaseEvent),
        (Facts, events.CaseFacts),
        (Observation, events.Observation),
        (Clocks, events.Clocks),
    ],
)
def test_what_is_read_is_typed_as_in_the_contract(lean: Any, full: Any) -> None:
    schema = TypeAdapter(full).json_schema(mode="validation")
    mine = TypeAdapter(lean).json_schema(mode="validation")
    for name in get_type_hints(lean):
        wanted, got = schema["properties"][name], mine["properties"][name]
        for part in ("enum", "type", "pattern", "format", "minimum", "maximum"):
            if "$ref" not in str(wanted):
                assert got.get(part) == wanted.get(part), (name, part)


def test_an_event_becomes_the_row_that_is_counted() -> None:
    event = case_event(
        1, 2, facts(purpose="observation", state="noted", observation=SEEN, organisation="nong_dan")
    )
    read = parse_case(record(encode(event), event.ce_type()))
    assert isinstance(read, Received)
    case = read.event
    assert isinstance(case, Counted)
    assert (read.partition, read.offset) == (3, 7)
    assert (case.case_id, case.version, case.unit, case.path) == (event.case_id, 2, WEST, event.after.path)
    assert (case.organisation, case.observed_group, case.people, case.second_hand) == (
        "nong_dan",
        "nong_dan",
        12,
        True,
    )
    assert case.settle_by == event.after.clocks.settle_by


def test_a_resident_who_comes_alone_has_no_organisation() -> None:
    event = case_event(1)
    read = parse_case(record(encode(event), event.ce_type()))
    assert isinstance(read, Received)
    assert read.event.organisation == ""
    assert read.event.observed_group is None


GOOD = encode(case_event(1))


@pytest.mark.parametrize(
    "bad",
    [
        record(None),
        record(b""),
        record(b"{"),
        record(GOOD, "langnghe.CaseOpened.v9"),
        record(GOOD, "langnghe.MapChanged.v1"),
        record(GOOD, headers=[("ce_id", None)]),
        record(GOOD, headers=[]),
        record(GOOD.replace(b'"rac-thai"', b'"rac"')),
        record(GOOD.replace(b'"version":1', b'"version":0')),
        record(GOOD.replace(b'"2026-11-20"', b'"20/11/2026"')),
    ],
)
def test_what_the_contract_refuses_is_refused_for_the_same_reason(bad: Any) -> None:
    mine, contract = parse_case(bad), parse_event(bad)
    assert isinstance(mine, Dead)
    assert isinstance(contract, Dead)
    assert mine.reason == contract.reason
