"""Records that could not take effect: kept whole, with reason and position, until redriven or discarded."""

import base64
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import orjson
from aiokafka import ConsumerRecord

from shared.database import Connection
from shared.messaging.positions import Stream
from shared.messaging.received import Dead

Seal = Callable[[bytes], bytes]
"""Encrypts a payload before it is stored; intake's records may hold personal data."""


@dataclass(frozen=True, slots=True)
class Kept:
    """What a letter keeps: the record, a part of it, or (None) nothing, where whom it is about was forgotten.

    An erasure to come finds the letter by `subject`, a digest that says nothing by itself.
    """

    record: "ConsumerRecord[bytes, bytes] | None"
    subject: bytes | None = None


Keep = Callable[[Connection, "Sequence[ConsumerRecord[bytes, bytes]]"], Awaitable[Sequence[Kept]]]
"""Asked in the batch's transaction, after its effects; one answer a record, in order. It must not raise for
anything that a record holds: every record that is dead must get its letter."""


@dataclass(frozen=True, slots=True)
class Letter:
    """A record and why it is dead."""

    record: "ConsumerRecord[bytes, bytes]"
    dead: Dead


_INSERT = """
INSERT INTO dead_letters
    (consumer_group, topic, topic_id, partition, record_offset, record_ms, reason, detail, payload, subject,
     sealed, state, settled_by, settled_at)
SELECT $1, $2, $3, u.*, $11, CASE WHEN u.payload IS NULL THEN 'discarded' ELSE 'open' END,
    CASE WHEN u.payload IS NULL THEN 'erasure' END, CASE WHEN u.payload IS NULL THEN clock_timestamp() END
FROM unnest($4::int[], $5::bigint[], $6::bigint[], $7::text[], $8::text[], $9::bytea[], $10::bytea[])
    AS u (partition, record_offset, record_ms, reason, detail, payload, subject)
ON CONFLICT ON CONSTRAINT dead_letters_record DO NOTHING
RETURNING partition, record_offset
"""


async def insert(
    tx: Connection, stream: Stream, letters: Sequence[Letter], seal: Seal | None, keep: Keep | None = None
) -> set[tuple[int, int]]:
    """Write the letters in the batch's transaction; one that is there already stays as it is.

    Returns the (partition, offset) of those written.
    """
    records = [letter.record for letter in letters]
    kept = await keep(tx, records) if keep else [Kept(record) for record in records]
    payloads = [freeze(k.record) if k.record is not None else None for k in kept]
    rows = await tx.fetch(
        _INSERT,
        stream.group,
        stream.topic,
        stream.topic_id,
        [letter.record.partition for letter in letters],
        [letter.record.offset for letter in letters],
        [letter.record.timestamp for letter in letters],
        [_storable(letter.dead.reason) for letter in letters],
        [_storable(letter.dead.detail) for letter in letters],
        [seal(p) if seal and p is not None else p for p in payloads],
        [k.subject for k in kept],
        seal is not None,
    )
    return {(row["partition"], row["record_offset"]) for row in rows}


_SETTLE = """
UPDATE dead_letters SET state = $2, settled_by = $3, settled_reason = $4, settled_at = clock_timestamp(),
    payload = NULL
WHERE id = $1 AND state = 'open'
"""
_STILL = "UPDATE dead_letters SET reason = $2, detail = $3 WHERE id = $1 AND state = 'open'"


async def settle(
    tx: Connection, letter: int, state: Literal["redriven", "discarded"], by: str, why: str
) -> bool:
    """Close an open letter, on the record, and let go of its payload; False if it was not open."""
    return bool(await tx.execute(_SETTLE, letter, state, _storable(by), _storable(why)) == "UPDATE 1")


async def still_dead(tx: Connection, letter: int, dead: Dead) -> None:
    """An open letter stays open, for this reason now."""
    await tx.execute(_STILL, letter, _storable(dead.reason), _storable(dead.detail))


def freeze(record: "ConsumerRecord[bytes, bytes]") -> bytes:
    """The record's key, headers and value as bytes that `thaw` reads back."""
    return orjson.dumps(
        {
            "key": _b64(record.key),
            "headers": [(_b64(_name_bytes(name)), _b64(value)) for name, value in record.headers],
            "value": _b64(record.value),
            "timestamp": record.timestamp,
        }
    )


def thaw(frozen: bytes, topic: str, partition: int, offset: int) -> "ConsumerRecord[bytes, bytes]":
    """The record as it was read from Kafka."""
    data = orjson.loads(frozen)
    key, value = _bytes(data["key"]), _bytes(data["value"])
    headers = tuple((_name(_bytes(n) or b""), _bytes(v)) for n, v in data["headers"])
    return ConsumerRecord(
        topic=topic,
        partition=partition,
        offset=offset,
        timestamp=data["timestamp"],
        timestamp_type=1,
        key=key,
        value=value,
        checksum=None,
        serialized_key_size=len(key or b""),
        serialized_value_size=len(value or b""),
        headers=headers,
    )


def _storable(text: str) -> str:
    """As PostgreSQL takes it: no U+0000, no lone surrogates."""
    return text.replace("\x00", "").encode("utf-8", "backslashreplace").decode()


def _name_bytes(name: str) -> bytes:
    """A header's name as it stood in Kafka, also where it is not UTF-8."""
    return name.encode("utf-8", "surrogateescape")


def _name(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")


def _b64(value: bytes | None) -> str | None:
    return None if value is None else base64.b64encode(value).decode()


def _bytes(value: str | None) -> bytes | None:
    return None if value is None else base64.b64decode(value)
