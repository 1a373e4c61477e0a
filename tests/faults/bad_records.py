"""Records that no program of ours would write, for each topic, made from the committed examples."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import orjson
from aiokafka import AIOKafkaProducer

from deploy.cli.contracts import EXAMPLES
from shared.messaging.envelope import new_envelope

Headers = list[tuple[str, bytes | None]]
_FROM = {
    "reports.events": ("langnghe.ReportReceived.v1", "report_id"),
    "cases.events": ("langnghe.CaseOpened.v1", "case_id"),
    "units.events": ("langnghe.MapChanged.v1", "kind"),
    "situation.events": ("langnghe.WarningRaised.v1", "warning_id"),
    "notifications.events": ("langnghe.NotificationDelivered.v1", "notification_id"),
}
# Valid by the contract, and yet PostgreSQL refuses them: a number too large, a character that no text holds.
_POISON: dict[str, dict[str, Any]] = {
    "reports.events": {"text": "a\0b"},
    "cases.events": {"version": 10**12},
    "units.events": {"map_version": 10**12},
    "situation.events": {"observed": 10**12},
    "notifications.events": {"channel": "a\0b"},
}


_DATA_ERRORS = ("sqlstate_22021", "sqlstate_22003", "sqlstate_22000", "apply_failed")


@dataclass(frozen=True, slots=True)
class Bad:
    """`fault` begins with its number in the list of faults; `reasons` are the codes it may be dead by."""

    fault: str
    reasons: tuple[str, ...]
    value: bytes | None
    headers: Headers


def bad_records(topic: str) -> list[Bad]:
    """One record of each kind, for an internal topic."""
    type_, id_field = _FROM[topic]
    good: dict[str, Any] = orjson.loads((EXAMPLES / f"{type_}.json").read_bytes())["body"]
    good.update({name: str(uuid4()) for name in ("report_id", "case_id", "root_id") if name in good})
    body, right = orjson.dumps(good), _headers(type_)
    other = next(t for name, (t, _) in _FROM.items() if name != topic)
    poison = orjson.dumps({**good, **_POISON[topic]})

    def with_id(raw: bytes) -> bytes:
        return orjson.dumps({**good, id_field: "HERE"}).replace(b'"HERE"', raw)

    invalid = ("invalid_body",)
    return [
        Bad(
            "23 what the database refuses",
            ("sqlstate_22021", "sqlstate_22003", "sqlstate_22000", "apply_failed"),
            poison,
            right,
        ),
        Bad("23 not JSON", invalid, body[:-1], right),
        Bad("23 JSON, but no object", invalid, b"[1]", right),
        Bad("24 null header", ("bad_header",), body, [*right, ("x", None)]),
        Bad("24 header not UTF-8", ("bad_header",), body, [*right, ("x", b"\xff\xfe")]),
        Bad("24 header twice", ("bad_header",), body, [*right, right[1]]),
        Bad("24 no headers", ("bad_header",), body, []),
        Bad("25 U+0000", invalid, with_id(b'["\\u0000"]'), right),
        Bad("25 lone surrogate", invalid, with_id(b'"\\ud800"'), right),
        Bad("25 invalid UTF-8", invalid, with_id(b'"\xff"'), right),
        Bad("26 10,000 deep", invalid, with_id(b"[" * 10_000 + b"]" * 10_000), right),
        Bad("26 1e400", invalid, with_id(b"1e400"), right),
        Bad("26 NaN", invalid, with_id(b"NaN"), right),
        Bad("26 a number of 100,000 digits", invalid, with_id(b"9" * 100_000), right),
        Bad("28 tombstone", ("tombstone",), None, right),
        Bad("28 empty", ("empty_body",), b"", right),
        Bad("28 unknown type", ("unknown_type",), body, _headers("langnghe.Nothing.v1")),
        Bad("28 unknown version", ("unknown_type",), body, _headers(type_.replace(".v1", ".v9"))),
        Bad("28 type of another topic", ("wrong_topic",), body, _headers(other)),
    ]


def _headers(type_: str) -> Headers:
    return [*new_envelope("langnghe.test", type_, causation=None, traceparent=None).headers()]


async def produce(bootstrap: str, topic: str, records: list[Bad]) -> dict[tuple[int, int], str]:
    """Send them all to partition 0; returns {(partition, offset): fault}."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", max_request_size=1_048_576)
    await producer.start()
    try:
        placed = {}
        for bad in records:
            sent = await producer.send_and_wait(
                topic, value=bad.value, key=b"k", headers=bad.headers, partition=0
            )
            placed[sent.partition, sent.offset] = bad.fault
        return placed
    finally:
        await producer.stop()
