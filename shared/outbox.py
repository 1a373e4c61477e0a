"""Events leave in two steps: `announce` writes them in the caller's transaction; the relay hands them on.

Order per key holds because the caller has locked the aggregate's row when it announces. Never read by
`id > last seen`: ids are given before commits are.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import orjson

from shared.contracts.events import Event
from shared.contracts.topics import MAX_MESSAGE_BYTES
from shared.database import Connection
from shared.messaging.envelope import Envelope, new_envelope

_OVERHEAD_BYTES = 4_096


@dataclass(frozen=True, slots=True)
class Outgoing:
    """An event to announce, what caused it (an event's or command's id), and the trace it belongs to."""

    event: Event
    causation: str | None = None
    traceparent: str | None = None


class EventTooLarge(ValueError):
    """The encoded event would not fit into the topic; refused before it is stored."""


_INSERT = """
WITH written AS (
    INSERT INTO outbox (shard, topic, key, headers, payload)
    SELECT * FROM unnest($1::smallint[], $2::text[], $3::bytea[], $4::bytea[], $5::bytea[])
)
SELECT pg_notify($6, '')
"""


def channel_of(service: str) -> str:
    """The NOTIFY channel that wakes a service's relay."""
    return f"outbox_{service}"


async def announce(tx: Connection, service: str, outgoing: Sequence[Outgoing], *, shards: int = 1) -> None:
    """Write events to the outbox, in this order, and wake the relay at commit. Raises EventTooLarge."""
    if not outgoing:
        return
    keys = [o.event.key.encode() for o in outgoing]
    payloads = [encode(o.event) for o in outgoing]
    headers = [_headers(service, o) for o in outgoing]
    topics = [o.event.topic for o in outgoing]
    shard = [_shard(key, shards) for key in keys]
    await tx.execute(_INSERT, shard, topics, keys, headers, payloads, channel_of(service))


def encode(event: Event) -> bytes:
    """The event's JSON. Raises EventTooLarge above the topic's limit less the headers' allowance."""
    payload: bytes = event.__pydantic_serializer__.to_json(event)
    if len(payload) > MAX_MESSAGE_BYTES - _OVERHEAD_BYTES:
        raise EventTooLarge(f"{event.ce_type()} of {len(payload)} bytes")
    return payload


def _headers(service: str, outgoing: Outgoing) -> bytes:
    envelope: Envelope = new_envelope(
        f"langnghe.{service}",
        outgoing.event.ce_type(),
        causation=outgoing.causation,
        traceparent=outgoing.traceparent,
    )
    return orjson.dumps([(name, value.decode()) for name, value in envelope.headers()])


def _shard(key: bytes, shards: int) -> int:
    return 0 if shards == 1 else sum(key) % shards
