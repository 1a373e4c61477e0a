"""One record, read without raising: an event, or a reason why it is none."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import shared.contracts
from shared.contracts.events import Event
from shared.contracts.registry import EVENTS
from shared.messaging.envelope import new_envelope
from shared.messaging.received import Dead, Received, parse_event
from tests.unit.messaging.builders import record

EXAMPLES = Path(shared.contracts.__path__[0]) / "examples"


def _headers(type_: str) -> list[tuple[str, bytes | None]]:
    return [*new_envelope("langnghe.test", type_, causation=None, traceparent=None).headers()]


@pytest.mark.parametrize("event", EVENTS, ids=lambda event: event.ce_type())
def test_every_example_is_received(event: type[Event]) -> None:
    body = json.loads((EXAMPLES / f"{event.ce_type()}.json").read_text())["body"]
    received = parse_event(
        record(
            json.dumps(body).encode(),
            topic=event.topic,
            partition=3,
            offset=7,
            headers=_headers(event.ce_type()),
        )
    )
    assert isinstance(received, Received)
    assert (received.partition, received.offset) == (3, 7)
    assert received.event == event.model_validate(body)


WITHDRAWN = "langnghe.ReportWithdrawn.v1"
BODY = b'{"report_id": "01942f6e-8c00-7a31-9c55-3d1f0e6b7a20", "withdrawn_at": "2026-10-05T02:15:30Z"}'


@pytest.mark.parametrize(
    ("value", "type_", "topic", "reason"),
    [
        (None, WITHDRAWN, "reports.events", "tombstone"),
        (b"", WITHDRAWN, "reports.events", "empty_body"),
        (BODY, "langnghe.ReportWithdrawn.v9", "reports.events", "unknown_type"),
        (BODY, WITHDRAWN, "cases.events", "wrong_topic"),
        (b"{", WITHDRAWN, "reports.events", "invalid_body"),
        (b"[]", WITHDRAWN, "reports.events", "invalid_body"),
        (b"\xff", WITHDRAWN, "reports.events", "invalid_body"),
        (b"[" * 10_000, WITHDRAWN, "reports.events", "invalid_body"),
        (b'{"report_id": NaN}', WITHDRAWN, "reports.events", "invalid_body"),
    ],
)
def test_what_is_no_event_has_a_reason(value: bytes | None, type_: str, topic: str, reason: str) -> None:
    found = parse_event(record(value, topic=topic, headers=_headers(type_)))
    assert isinstance(found, Dead)
    assert found.reason == reason


def test_a_detail_names_fields_and_no_values() -> None:
    secret = b'{"report_id": "0912345678", "withdrawn_at": "tomorrow"}'
    found = parse_event(record(secret, headers=_headers(WITHDRAWN)))
    assert isinstance(found, Dead)
    assert found.detail == "report_id:uuid_parsing withdrawn_at:datetime_from_date_parsing"


@given(
    value=st.none() | st.binary(max_size=200),
    name=st.text(max_size=9),
    header=st.none() | st.binary(max_size=9),
)
def test_nothing_makes_it_raise(value: bytes | None, name: str, header: bytes | None) -> None:
    headers = [*_headers(WITHDRAWN), (name, header)]
    assert isinstance(parse_event(record(value, headers=headers)), Received | Dead)
