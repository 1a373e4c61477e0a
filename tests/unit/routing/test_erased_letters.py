"""A dead letter of an erased reporter keeps codes and instants, nothing of what was told or where from."""

import orjson
from aiokafka import ConsumerRecord

from services.routing.use_cases.erase_reporters import _TOLD, _textless
from shared.contracts.events import ReportReceived
from tests.unit.routing.ground import received, report

CODES = {
    *(
        "report_id",
        "purpose",
        "channel",
        "organisation",
        "language",
        "submitted_at",
        "received_at",
        "report_date",
    ),
    *("occurred_at", "time_flags", "observation"),
}
"""What is left: by whom and when, and an observation's codes, which hold no words."""


def test_every_field_of_a_report_is_either_a_code_or_erased():
    assert ReportReceived.model_fields.keys() == CODES | _TOLD.keys()


def test_nothing_of_where_the_reporter_stood_is_left():
    event = received(report("Rác ở phường Vũ Ninh"), location={"latitude": 21.18601, "longitude": 106.07412})
    body = event.model_dump_json().encode()
    kept = _textless(ConsumerRecord("reports.events", 0, 0, 0, 0, b"k", body, None, 1, len(body), ()))
    assert b"21.186" not in kept.value
    assert {name: orjson.loads(kept.value)[name] for name in _TOLD} == _TOLD
