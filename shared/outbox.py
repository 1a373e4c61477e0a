"""Events leave in two steps: `announce` writes them in the caller's transaction; the relay hands them on.

Order per key holds because the caller has locked the aggregate's row when it announces. Never read by
`id > last seen`: ids are given before commits are.
"""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import orjson

from shared.contracts.events import Event
from shared.contracts.topics import MAX_MESSAGE_BYTES
from shared.database import Connection
from shared.messaging.envelope import new_envelope

_OVERHEAD_BYTES = 4_096


class Outgoing(NamedTuple):
    """An event to announce, what caused it (an event's or command's id), and the trace it belongs to."""

    event: Event
    causation: str | None = None
    traceparent: str | None = None


class EventTooLarge(ValueError):
    """The encoded event would not fit into the topic; refused before it is stored."""


SHARD = 0
"""All rows are of one shard, which one relay at a time drains: it hands on more than a service announces."""
_COLUMNS = ("shard", "topic", "key", "headers", "payload")


def channel_of(service: str) -> str:
    """The NOTIFY channel that wakes a service's relay."""
    return f"outbox_{service}"


async def announce(tx: Connection, service: str, outgoing: Sequence[Outgoing]) -> None:
    """Write events to the outbox, in this order, and wake the relay at commit. Raises EventTooLarge."""
    if not outgoing:
        return
    time = datetime.now(UTC).isoformat()
    rows = [_row(service, time, o) for o in outgoing]
    await tx.copy_records_to_table("outbox", records=rows, columns=_COLUMNS)
    await tx.execute("SELECT pg_notify($1, '')", channel_of(service))


def _row(service: str, time: str, outgoing: Outgoing) -> tuple[int, str, bytes, bytes, bytes]:
    event = outgoing.event
    return SHARD, event.topic, event.key.encode(), _headers(service, time, outgoing), encode(event)


def encode(event: Event) -> bytes:
    """The event's JSON. Raises EventTooLarge above the topic's limit less the headers' allowance."""
    payload: bytes = event.__pydantic_serializer__.to_json(event)
    if len(payload) > MAX_MESSAGE_BYTES - _OVERHEAD_BYTES:
        raise EventTooLarge(f"{event.ce_type()} of {len(payload)} bytes")
    return payload


def _headers(service: str, time: str, outgoing: Outgoing) -> bytes:
    """The envelope as JSON pairs, as `Envelope.headers` orders them."""
    envelope = new_envelope(
        f"langnghe.{service}",
        outgoing.event.ce_type(),
        causation=outgoing.causation,
        traceparent=outgoing.traceparent,
        time=time,
    )
    return orjson.dumps(envelope.pairs())
