"""The records of a report that Kafka still keeps: its events by key, the raw submission by its headers."""

import asyncio
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from aiokafka import AIOKafkaConsumer, TopicPartition
from aiokafka.partitioner import DefaultPartitioner

from deploy.cli.lag import read_logs
from deploy.cli.problems import Problem
from deploy.cli.trace.entry import Entry
from shared.messaging import lenient_records
from shared.messaging.envelope import Envelope, HeaderError, read_envelope, read_headers

if TYPE_CHECKING:
    from aiokafka import ConsumerRecord

    Record: TypeAlias = ConsumerRecord[bytes, bytes]

RAW = "reports.submitted"
KEYED = ("reports.events", "cases.events", "notifications.events")
_DEADLINE_S = 60.0
# The raw record was appended before intake took it: that long before, where intake was not away for longer.
_BEFORE = timedelta(hours=1)

Where: TypeAlias = tuple[str, int, int]
"""Topic, partition, offset."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to look for: the keys of events, and the source's (id, own id) of the raw record."""

    keys: tuple[UUID, ...]
    submitted: tuple[str, str] | None
    since: datetime


async def records(bootstrap: str, wanted: Wanted) -> dict[Where, Entry]:
    """Every record found, by its place. Reads only the partitions that the keys lie in, from `since` on."""
    lenient_records.install()
    logs = await asyncio.to_thread(read_logs, bootstrap)
    sizes = {topic: sorted(log.partitions) for topic, log in logs.items()}
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        client_id="langnghe-trace",
        isolation_level="read_committed",
        enable_auto_commit=False,
        fetch_max_wait_ms=50,
    )
    await consumer.start()
    try:
        await _seek(consumer, _partitions(wanted, sizes), wanted.since)
        found: dict[Where, Entry] = {}
        keys = {str(key).encode() for key in wanted.keys}

        def look(record: "Record") -> None:
            entry = _entry(record, keys, wanted.submitted)
            if entry is not None:
                found[record.topic, record.partition, record.offset] = entry

        await _read(consumer, look)
        return found
    finally:
        await consumer.stop()


def _partitions(wanted: Wanted, sizes: Mapping[str, list[int]]) -> set[TopicPartition]:
    """Where events with these keys lie; every partition of the raw topic, whose keys are the sources' own."""
    chosen = {
        TopicPartition(topic, DefaultPartitioner()(str(key).encode(), sizes[topic], sizes[topic]))
        for topic in KEYED
        if sizes.get(topic)
        for key in wanted.keys
    }
    if wanted.submitted is not None:
        chosen |= {TopicPartition(RAW, number) for number in sizes.get(RAW, ())}
    return chosen


async def _seek(consumer: AIOKafkaConsumer, partitions: Iterable[TopicPartition], since: datetime) -> None:
    """Assign those partitions that have anything since then, each from there on."""
    stamp = int((since - _BEFORE).timestamp() * 1000)
    starts = await consumer.offsets_for_times(dict.fromkeys(partitions, stamp))
    begun = {tp: start.offset for tp, start in starts.items() if start is not None}
    consumer.assign(list(begun))
    for tp, offset in begun.items():
        consumer.seek(tp, offset)


async def _read(consumer: AIOKafkaConsumer, look: Callable[["Record"], None]) -> None:
    """Read what is assigned to its present ends. Raises Problem after a minute."""
    left = set(consumer.assignment())
    ends = await consumer.end_offsets(list(left)) if left else {}
    give_up_at = time.monotonic() + _DEADLINE_S
    while left:
        if time.monotonic() > give_up_at:
            raise Problem("Kafka was not read to its end within a minute; try --no-kafka")
        for batch in (await consumer.getmany(timeout_ms=100, max_records=5_000)).values():
            for record in batch:
                look(record)
        done = {tp for tp in left if await consumer.position(tp) >= ends[tp]}
        consumer.pause(*done)
        left -= done


def _entry(record: "Record", keys: set[bytes], submitted: tuple[str, str] | None) -> Entry | None:
    """The record as a step, if it is one of those wanted."""
    if record.topic != RAW and record.key not in keys:
        return None
    envelope = _envelope(record)
    if record.topic == RAW and (envelope is None or (envelope.source, envelope.id) != submitted):
        return None
    facts = {}
    if envelope is not None:
        facts = {"event": envelope.id, "cause": envelope.causation, "trace": envelope.trace_id}
    return Entry(
        datetime.fromtimestamp(record.timestamp / 1000, UTC),
        f"{record.topic}[{record.partition}]@{record.offset}",
        envelope.type if envelope else "unreadable headers",
        {name: value for name, value in facts.items() if value},
    )


def _envelope(record: "Record") -> Envelope | None:
    try:
        return read_envelope(read_headers(record.headers))
    except HeaderError:
        return None
