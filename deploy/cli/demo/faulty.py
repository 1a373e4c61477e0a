"""What the doors must tell apart or turn away: repeats, conflicts, bad bodies, bad rows, bad records."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson

from deploy.cli.demo.posts import HOTLINE, KEY_ID, PORTAL, SHEETS, Post, RawRecord, RawRequest
from services.intake.domain.record import SUBMITTED_TYPE
from services.intake.domain.signature import Signed, sign

_TIME = "2026-11-19T08:00:00Z"
_JSON = {"Content-Type": "application/json"}
_TOO_LARGE = 300 * 1024
_OTHER = "Nội dung khác hẳn, gửi lại dưới mã cũ."


def repeats(posts: Sequence[Post]) -> Iterator[Post]:
    """Of each door: three sent again as they were, and one again with another text under the same key."""
    for door in ("http", "kafka", "sheet"):
        first = [post for post in posts if post.door == door][:3]
        for post in first:
            yield replace(post, part="faulty", expected="duplicate")
        again = {**first[0].fields, "text": _OTHER}
        yield replace(first[0], part="faulty", fields=again, expected="rejected")


def bad_rows(contact: Mapping[str, str]) -> Iterator[Post]:
    """Rows of a sheet that refuse themselves; one holds personal data without consent."""
    flaws: tuple[dict[str, object], ...] = (
        {"text": ""},
        {"text": "Đèn đường hỏng.", "submitted_at": "31/02/2026"},
        {"text": "Đèn đường hỏng.", "channel": "fax"},
        {"text": "Đèn đường hỏng.", "contact": dict(contact)},
    )
    for number, fields in enumerate(flaws, 1):
        yield Post("faulty", "sheet", SHEETS, f"bad-{number}", {"channel": "bulk", **fields}, "rejected")


def bad_requests(contact: Mapping[str, str]) -> Iterator[RawRequest]:
    """Requests of the public and of a registered source, each with one flaw."""
    keys = (f"00000000-0000-4000-8000-{number:012d}" for number in range(1, 100))
    good = {"text": "Đèn đường hỏng.", "channel": "web"}

    def request(body: bytes | dict[str, Any], status: int = 422, **headers: str) -> RawRequest:
        sent = body if isinstance(body, bytes) else orjson.dumps(body)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return RawRequest({**_JSON, "Idempotency-Key": next(keys), **named}, sent, status)

    yield request(b'{"text": "Th')
    yield request(b'{"text": "a", "text": "b", "channel": "web"}')
    yield request({"text": "   ", "channel": "web"})
    yield request({**good, "channel": "hotline"})
    yield request({**good, "purpose": "observation"})
    yield request({**good, "contact": dict(contact)})
    yield request({**good, contact["name"]: contact["phone"]})
    yield request(good, 400, Idempotency_Key="not-a-uuid")
    yield request(good, 415, Content_Type="text/plain")
    yield request({**good, "text": "a" * _TOO_LARGE}, 413)
    yield request({"channel": "web"}, Authorization=f"Bearer {PORTAL.token}", Idempotency_Key="bad-1")


def bad_records(contact: Mapping[str, str]) -> Iterator[RawRecord]:
    """Records that must become dead letters, sealed: nobody else's fault, nobody else's delay."""
    body = orjson.dumps({"text": f"Tôi là {contact['name']}, {contact['phone']}", "channel": "zalo"})
    yield RawRecord(*signed(HOTLINE.key, "bad-1", b'{"text": '))
    yield RawRecord(*signed(HOTLINE.key, "bad-2", orjson.dumps({"channel": "zalo"})))
    yield RawRecord(*signed(bytes(32), "bad-3", body))
    yield RawRecord(*signed(HOTLINE.key, "bad-4", body, ce_source=b"https://nobody.example/"))
    yield RawRecord(*signed(HOTLINE.key, "bad-5", body, ce_type=b"somebody.Else.v1"))
    yield RawRecord(*signed(HOTLINE.key, "bad-6", body, ce_source=b"\xff\xfe"))
    yield RawRecord(None, signed(HOTLINE.key, "bad-7", body)[1])


def signed(
    key: bytes, event_id: str, body: bytes, *, source: str = HOTLINE.id, **headers: bytes
) -> tuple[bytes, tuple[tuple[str, bytes], ...]]:
    """A record as upstream channels send it; `headers` replace some after signing."""
    told = {
        "ce_specversion": b"1.0",
        "ce_id": event_id.encode(),
        "ce_source": source.encode(),
        "ce_type": SUBMITTED_TYPE.encode(),
        "ce_time": _TIME.encode(),
        "content-type": b"application/json",
        "ln_keyid": KEY_ID.encode(),
        "ln_signature": sign(key, Signed(source, event_id, _TIME, body)).encode(),
    }
    return body, tuple({**told, **headers}.items())
