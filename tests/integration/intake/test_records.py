"""Records of registered sources on `reports.submitted`: in once, or dead with a reason."""

from typing import Any

import pytest

from deploy.local.installation import Installation
from services.intake.domain.envelopes import open_bytes
from services.intake.domain.record import MAX_BODY
from shared.contracts.events import ReportReceived
from shared.messaging.dead_letters import thaw
from tests.integration.intake.support import (
    SOURCE,
    Headers,
    body,
    fresh_id,
    headers,
    reading,
    ring,
    send,
    settled,
    topic,
)
from tests.support import Running

pytestmark = pytest.mark.usefixtures("service")
PERSONAL = "Tôi là Nguyễn Văn Canary, số điện thoại 0900 000 145. Đường vỡ ở Phường Quế Võ"


def good(event_id: str, payload: bytes | None = None) -> tuple[bytes, Headers]:
    payload = payload or body()
    return payload, headers(event_id, payload)


def without(name: str, record: tuple[bytes, Headers], value: bytes | None = b"") -> tuple[bytes, Headers]:
    """The record without a header, or (value None or else) with another value."""
    payload, head = record
    rest = [(n, v) for n, v in head if n != name]
    return payload, rest if value == b"" else [*rest, (name, value)]


async def settled_count(installation: Installation) -> int:
    return (await settled(installation, 0))["consumed"]


async def test_a_signed_record_becomes_one_report_however_often_it_comes(installation: Installation) -> None:
    before = await settled_count(installation)
    event_id = fresh_id()
    personal = body(PERSONAL, contact={"phone": "0900000145"}, consent=True)
    await send(installation, [good(event_id, personal)])
    await settled(installation, before + 1)
    await send(installation, [good(event_id, personal)] * 3)
    after = await settled(installation, before + 4)
    async with reading(installation) as db:
        rows = await db.fetch("SELECT * FROM submissions WHERE submission_key = $1", event_id)
        assert len(rows) == 1
        report = await db.fetchrow("SELECT * FROM reports WHERE report_id = $1", rows[0]["report_id"])
        assert report is not None
        assert "Canary" not in report["text"]
        assert "0900" not in report["text"]
        assert "Quế Võ" in report["text"]
        assert await db.fetchval("SELECT count(*) FROM identities WHERE report_id = $1", report["report_id"])
    assert after["duplicate"] >= 3
    events = [
        ReportReceived.model_validate_json(r.value)
        for r in topic(installation)
        if r.key == str(report["report_id"]).encode()
    ]
    assert [e.text for e in events] == [report["text"]]


async def test_nothing_personal_is_on_the_topic(installation: Installation) -> None:
    said = b"\n".join(r.value + b"".join(v for _, v in r.headers) for r in topic(installation))
    assert b"Canary" not in said
    assert b"0900" not in said


FAULTS: list[tuple[str, Any]] = [
    ("tombstone", lambda r: (None, r[1])),
    ("empty_body", lambda r: (b"", r[1])),
    ("bad_header", lambda r: without("traceparent", r, None)),
    ("bad_header", lambda r: without("ce_subject", r, b"\xff\xfe")),
    ("bad_header", lambda r: without("ce_id", r)),
    ("bad_header", lambda r: without("ce_id", r, b"a\x00b")),
    ("unknown_type", lambda r: without("ce_type", r, b"langnghe.ReportSubmitted.v9")),
    ("too_large", lambda r: (b"x" * (MAX_BODY + 1), r[1])),
    ("signature_missing", lambda r: without("ln_signature", r)),
    ("signature_malformed", lambda r: without("ln_signature", r, b"v2,abc")),
    ("signature_key_unknown", lambda r: without("ln_keyid", r, b"another")),
    ("signature_mismatch", lambda r: (r[0] + b" ", r[1])),
    ("source_unknown", lambda r: without("ce_source", r, b"https://stranger.example")),
]


async def test_faulty_records_are_dead_with_a_reason_and_their_neighbours_live(
    installation: Installation,
) -> None:
    before = await settled(installation, 0)
    lives = [fresh_id() for _ in range(200)]
    records = [good(event_id) for event_id in lives]
    for n, (_, spoil) in enumerate(FAULTS):
        records.insert(n * 13, spoil(good(fresh_id())))
    await send(installation, records)
    after = await settled(installation, before["consumed"] + len(records))
    assert after["fresh"] - before["fresh"] == len(lives)
    assert after["dead"] - before["dead"] == len(FAULTS)
    async with reading(installation) as db:
        found = await db.fetch("SELECT reason FROM dead_letters")
        assert {row["reason"] for row in found} >= {reason for reason, _ in FAULTS}


POISON = {
    "json_malformed": b'{"text": "a", "channel": "sms"',
    "json_duplicate_key": b'{"text": "a", "text": "b", "channel": "sms"}',
    "json_too_deep": b'{"text": ' + b"[" * 10_000 + b"]" * 10_000 + b"}",
    "number_out_of_range": b'{"text": "a", "channel": "sms", "coordinates": {"latitude": 1e400}}',
    "nul_character": b'{"text": "a\\u0000b", "channel": "sms"}',
    "invalid_unicode": b'{"text": "a\\ud800b", "channel": "sms"}',
    "text_empty": b'{"text": "  ", "channel": "sms"}',
    "unknown_field": b'{"text": "a", "channel": "sms", "is_admin": true}',
    "not_in_list": b'{"text": "a", "channel": "pigeon"}',
    "no_utc_offset": b'{"text": "a", "channel": "sms", "submitted_at": "2026-01-01T00:00:00"}',
    "time_out_of_range": b'{"text": "a", "channel": "sms", "submitted_at": "9999-01-01T00:00:00Z"}',
}


async def test_a_poisonous_body_is_refused_by_name_and_its_source_can_ask_why(
    installation: Installation,
) -> None:
    before = await settled(installation, 0)
    bad = {fresh_id(): (code, payload) for code, payload in POISON.items()}
    await send(
        installation, [good(event_id, payload) for event_id, (_, payload) in bad.items()] + [good(fresh_id())]
    )
    after = await settled(installation, before["consumed"] + len(bad) + 1)
    assert after["dead"] - before["dead"] == len(bad)
    assert after["fresh"] - before["fresh"] == 1
    async with reading(installation) as db:
        for event_id, (code, _) in bad.items():
            row = await db.fetchrow("SELECT * FROM refusals WHERE submission_key = $1", event_id)
            assert row is not None, code
            assert row["scope"] == SOURCE
            assert code in row["detail"]
    reasons = [r for r in topic(installation) if dict(r.headers)["ce_type"].endswith(b"ReportRejected.v1")]
    assert len(reasons) >= len(bad)


async def test_the_same_id_with_another_body_is_a_conflict_and_the_first_stands(
    installation: Installation,
) -> None:
    before = await settled_count(installation)
    event_id = fresh_id()
    await send(installation, [good(event_id)])
    await settled(installation, before + 1)
    await send(installation, [good(event_id, body("Một nội dung khác"))])
    await settled(installation, before + 2)
    async with reading(installation) as db:
        stands = await db.fetchval("SELECT report_id FROM submissions WHERE submission_key = $1", event_id)
        refused = await db.fetchrow("SELECT * FROM refusals WHERE submission_key = $1", event_id)
        letter = await db.fetchrow("SELECT * FROM dead_letters WHERE reason = 'conflict'")
    assert refused is not None
    assert letter is not None
    assert (refused["reason"], refused["report_id"] == stands) == ("conflict", False)
    assert letter["detail"] == str(stands)


async def test_dead_letters_are_sealed_and_open_with_the_key(installation: Installation) -> None:
    before = await settled_count(installation)
    payload = body(PERSONAL)
    await send(installation, [without("ln_signature", good(fresh_id(), payload))])
    await settled(installation, before + 1)
    async with reading(installation) as db:
        row = await db.fetchrow("SELECT * FROM dead_letters ORDER BY id DESC LIMIT 1")
    assert row is not None
    assert row["sealed"]
    assert b"Canary" not in row["payload"]
    opened = open_bytes(ring(installation), "dead-letter", row["payload"])
    assert thaw(opened, row["topic"], row["partition"], row["record_offset"]).value == payload


@pytest.mark.faults
@pytest.mark.parametrize(
    "step",
    [
        pytest.param("claimed", marks=pytest.mark.slow),
        pytest.param("accepted", marks=pytest.mark.slow),
        pytest.param("before_commit", marks=pytest.mark.slow),
        "after_commit",
    ],
)
async def test_killed_at_any_step_each_record_is_in_once(
    installation: Installation, service: Running, step: str
) -> None:
    before = await settled_count(installation)
    service.stop("intake")
    ids = [fresh_id() for _ in range(20)]
    await send(installation, [good(event_id) for event_id in ids])
    service.start("intake", failpoint=f"intake.{step}")
    await service.died("intake")
    service.start("intake")
    await service.ready("intake")
    await settled(installation, before + len(ids))
    async with reading(installation) as db:
        rows = await db.fetch("SELECT report_id FROM submissions WHERE submission_key = ANY($1::text[])", ids)
        stored = await db.fetchval(
            "SELECT count(*) FROM reports WHERE report_id = ANY($1::uuid[])", [r["report_id"] for r in rows]
        )
    assert len(rows) == stored == len(ids)
    announced = {r.key for r in topic(installation)}
    assert {str(r["report_id"]).encode() for r in rows} <= announced
