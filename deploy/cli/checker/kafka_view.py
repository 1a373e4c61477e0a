"""What is in Kafka, counted by reading it once from end to end, without any group and without our positions.

Only committed records count: `read_committed`, so markers and aborted records are not among them.
"""

import asyncio
import time
from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from kafka import KafkaAdminClient

from shared.messaging import lenient_records

Look = Callable[[Sequence[Any]], None]
"""Called with every batch that is read: records of one partition, at least one."""
_STALLED_S = 30.0


@dataclass(slots=True)
class PartitionView:
    """[beginning, end) of the log as it was when the reading began, and the offsets that hold records.

    The offsets are kept as runs of consecutive ones: run i is [starts[i], stops[i]).
    """

    beginning: int
    end: int
    starts: list[int] = field(default_factory=list)
    stops: list[int] = field(default_factory=list)

    def add(self, offsets: Sequence[int]) -> None:
        """Offsets in ascending order, each beyond those added before."""
        if offsets[-1] - offsets[0] + 1 == len(offsets):
            self._add_run(offsets[0], offsets[-1] + 1)
            return
        for offset in offsets:
            self._add_run(offset, offset + 1)

    def _add_run(self, start: int, stop: int) -> None:
        if self.stops and self.stops[-1] == start:
            self.stops[-1] = stop
        else:
            self.starts.append(start)
            self.stops.append(stop)

    def count(self, start: int, stop: int) -> int:
        """Records with start <= offset < stop."""
        first = max(bisect_right(self.starts, start) - 1, 0)
        total = 0
        for at in range(first, len(self.starts)):
            if self.starts[at] >= stop:
                break
            total += max(0, min(self.stops[at], stop) - max(self.starts[at], start))
        return total


@dataclass(frozen=True, slots=True)
class TopicView:
    """One topic in its present life."""

    id: str
    partitions: dict[int, PartitionView]

    @property
    def records(self) -> int:
        return sum(p.count(p.beginning, p.end) for p in self.partitions.values())


@dataclass(frozen=True, slots=True)
class KafkaView:
    """The topics that exist, by name."""

    topics: dict[str, TopicView]


async def read_kafka(bootstrap: str, topics: Iterable[str], look: Look | None = None) -> KafkaView:
    """Read these topics to their present ends. Raises TimeoutError when the broker gives nothing more."""
    lenient_records.install()
    live = await asyncio.to_thread(_describe, bootstrap, sorted(topics))
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap,
        client_id="langnghe-checker",
        isolation_level="read_committed",
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        fetch_max_wait_ms=50,
    )
    await consumer.start()
    try:
        consumer.assign([tp for _, partitions in live.values() for tp in partitions])
        found = {name: TopicView(id_, await _bounds(consumer, tps)) for name, (id_, tps) in live.items()}
        await _read(consumer, found, look)
        return KafkaView(found)
    finally:
        await consumer.stop()


def _describe(bootstrap: str, topics: Sequence[str]) -> dict[str, tuple[str, list[TopicPartition]]]:
    """The id and the partitions of those topics that exist; asked of another client than reads."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap, client_id="langnghe-checker")
    try:
        return {
            topic["name"]: (
                str(topic["topic_id"]),
                [TopicPartition(topic["name"], number) for number in range(len(topic["partitions"]))],
            )
            for topic in admin.describe_topics(sorted(set(topics) & set(admin.list_topics())))
        }
    finally:
        admin.close()


async def _bounds(
    consumer: AIOKafkaConsumer, partitions: Sequence[TopicPartition]
) -> dict[int, PartitionView]:
    beginnings = await consumer.beginning_offsets(partitions)
    ends = await consumer.end_offsets(partitions)
    return {tp.partition: PartitionView(beginnings[tp], ends[tp]) for tp in partitions}


async def _read(consumer: AIOKafkaConsumer, found: dict[str, TopicView], look: Look | None) -> None:
    unread = {
        TopicPartition(name, number): view
        for name, topic in found.items()
        for number, view in topic.partitions.items()
        if view.beginning < view.end
    }
    if not unread:
        # aiokafka can lose the cancellation of a stop that meets a new assignment, and then never stops.
        return
    consumer.assign(list(unread))
    for tp, view in unread.items():
        consumer.seek(tp, view.beginning)
    moved_at = time.monotonic()
    while unread:
        batches = await consumer.getmany(timeout_ms=100, max_records=5_000)
        for tp, records in batches.items():
            _take(found[tp.topic].partitions[tp.partition], records, look)
        done = [tp for tp, view in unread.items() if await consumer.position(tp) >= view.end]
        for tp in done:
            consumer.pause(tp)
            del unread[tp]
        if batches or done:
            moved_at = time.monotonic()
        elif time.monotonic() - moved_at > _STALLED_S:
            raise TimeoutError(f"Kafka gives no more of {sorted(unread)}")


def _take(view: PartitionView, records: Sequence[Any], look: Look | None) -> None:
    offsets = [record.offset for record in records if record.offset < view.end]
    if offsets:
        view.add(offsets)
    if look is not None:
        look(records)
