"""Records as the consumer gets them, made by hand."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, TypeAlias

from aiokafka import ConsumerRecord

from shared.messaging.envelope import Envelope

if TYPE_CHECKING:
    Record: TypeAlias = ConsumerRecord[bytes, bytes]

ENVELOPE = Envelope("id-1", "langnghe.test", "langnghe.ReportWithdrawn.v1", "2026-10-05T02:15:30+00:00")


def record(
    value: bytes | None = b"{}",
    *,
    topic: str = "reports.events",
    partition: int = 0,
    offset: int = 0,
    key: bytes | None = b"k",
    headers: Sequence[tuple[str, bytes | None]] = (),
) -> "Record":
    return ConsumerRecord(
        topic=topic,
        partition=partition,
        offset=offset,
        timestamp=1_790_000_000_000,
        timestamp_type=1,
        key=key,
        value=value,
        checksum=None,
        serialized_key_size=0,
        serialized_value_size=0,
        headers=tuple(headers),
    )
