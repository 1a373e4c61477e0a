"""Services that read a part of an event read it as the contract says, and refuse what it refuses there."""

from typing import Any

import pytest
from aiokafka import ConsumerRecord

from services.intake import wire as intake
from services.notify import wire as notify
from shared.contracts import events
from shared.messaging.envelope import new_envelope
from shared.messaging.received import Dead, Received, parse_event
from shared.outbox import encode
from tests.unit.aggregation.examples import case_event

PARSERS = [notify.parse_case, intake.parse_case]


def record(value: bytes | None, type_: str = "langnghe.CaseOpened.v1", headers: Any = None) -> Any:
    made = new_envelope("langnghe.routing", type_, causation=None, traceparent=None).headers()
    sizes = {"checksum": None, "serialized_key_size": 0, "serialized_value_size": 0}
    return ConsumerRecord(
        topic="cases.events", partition=3, offset=7, timestamp=0, timestamp_type=1, key=b"k", value=value,
        headers=tuple(made if headers is None else headers), **sizes,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("part", "whole"),
    [
        (notify.Facts, events.CaseFacts),
        (notify.CaseNews, events.CaseEvent),
        (notify.CallNews, events.CaseReminded),
        (notify.CallNews, events.CaseEscalated),
        (intake.Facts, events.CaseFacts),
        (intake.CaseProgress, events.CaseEvent),
    ],
)
def test_each_field_is_as_in_the_contract(part: type[events.Part], whole: type[events.Part]) -> None:
    for name, field in part.model_fields.items():
        contract = whole.model_fields[name]
        if name != "after":
            assert field.annotation == contract.annotation, name
            assert field.metadata == contract.metadata, name
            assert field.default == contract.default, name


@pytest.mark.parametrize("parse", PARSERS)
def test_a_part_says_what_the_whole_says(parse: Any) -> None:
    event = case_event(1, 2)
    read = parse(record(encode(event), event.ce_type()))
    assert isinstance(read, Received)
    assert (read.partition, read.offset, read.envelope.type) == (3, 7, event.ce_type())
    assert (read.event.case_id, read.event.version) == (event.case_id, 2)
    for name in type(read.event.after).model_fields:
        assert getattr(read.event.after, name) == getattr(event.after, name), name


GOOD = encode(case_event(1))


@pytest.mark.parametrize("parse", PARSERS)
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
        record(GOOD.replace(b'"state":"opened"', b'"state":"open"')),
    ],
)
def test_what_the_contract_refuses_is_refused_for_the_same_reason(parse: Any, bad: Any) -> None:
    mine, contract = parse(bad), parse_event(bad)
    assert isinstance(mine, Dead)
    assert isinstance(contract, Dead)
    assert mine.reason == contract.reason
