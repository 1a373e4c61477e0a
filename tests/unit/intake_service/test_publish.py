"""What leaves: the allow-list and nothing else, valid, and redacted."""

from datetime import UTC, datetime
from uuid import UUID

import orjson

from services.intake import publish
from services.intake.domain.report import private_part, redacted_report
from services.intake.domain.submission import Accepted, Door, decide
from shared.contracts.events import ReportReceived

NOW = datetime(2026, 11, 1, tzinfo=UTC)
TOLD = {
    "text": "Tôi là Nguyễn Văn Canary, điện thoại 0900 000 145, thấy đường vỡ",
    "channel": "collaborator",
    "purpose": "observation",
    "organisation": "phu_nu",
    "place_hint": "Nhà bà Canary, số 12 ngõ 5, Phường Quế Võ",
    "reporter_unit": "09193",
    "coordinates": {"latitude": 21.123456, "longitude": 106.987654},
    "observation": {"group": "phu_nu", "stance": "phan_doi", "breadth": "nhieu", "people": 9},
    "contact": {"name": "Nguyễn Văn Canary", "phone": "0900000145", "email": "c@example.vn"},
    "consent": True,
    "occurred_at": "2026-10-31T08:00:00+07:00",
}
ALLOWED = {
    "report_id", "purpose", "channel", "organisation", "language", "text", "place_hint", "reporter_unit",
    "location", "observation", "occurred_at", "submitted_at", "received_at", "report_date", "time_flags",
}  # fmt: skip


def event() -> ReportReceived:
    accepted = decide(TOLD, Door(True), NOW)
    assert isinstance(accepted, Accepted)
    return publish.received(redacted_report(UUID(int=1), accepted.submission, accepted.times, frozenset()))


def test_only_what_is_allowed_leaves() -> None:
    assert set(orjson.loads(event().model_dump_json())) == ALLOWED == set(ReportReceived.model_fields)


def test_what_leaves_is_a_valid_event() -> None:
    assert ReportReceived.model_validate_json(event().model_dump_json()) == event()


def test_nothing_personal_leaves_and_the_point_is_rounded() -> None:
    said = event().model_dump_json()
    for personal in ("Canary", "0900", "145", "c@example.vn", "123456"):
        assert personal not in said
    assert event().location is not None
    assert "21.1235" in said


def test_the_sealed_part_holds_what_was_written() -> None:
    accepted = decide(TOLD, Door(True), NOW)
    assert isinstance(accepted, Accepted)
    sealed = orjson.loads(private_part(accepted.submission))
    assert sealed["text"] == TOLD["text"]
    assert sealed["contact"] == TOLD["contact"]
    assert sealed["coordinates"] == [21.123456, 106.987654]
