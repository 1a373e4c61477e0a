"""How far each group is behind: the end of the log in Kafka less the position in PostgreSQL."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec

from shared.contracts.topics import TOPICS, consumed_by, group_of
from shared.database import Connection
from shared.migrations import SERVICES

_POSITIONS = " UNION ALL ".join(
    f"SELECT consumer_group, topic_id, partition, next_offset FROM {service}.positions"  # noqa: S608
    for service in SERVICES
)


@dataclass(frozen=True, slots=True)
class Log:
    """One topic in its present life: its id, and [beginning, end) of each partition."""

    topic_id: str
    partitions: dict[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Lag:
    """One group on one partition. `position` is None where the group has not begun."""

    group: str
    topic: str
    partition: int
    position: int | None
    beginning: int
    end: int

    @property
    def behind(self) -> int:
        """Offsets that it has not settled yet."""
        return self.end - (self.beginning if self.position is None else self.position)


async def lags(reader: Connection, bootstrap: str) -> list[Lag]:
    """Every group on every partition of the topics that exist, in the table's order."""
    logs = await asyncio.to_thread(read_logs, bootstrap)
    stands = {
        (row["consumer_group"], row["topic_id"], row["partition"]): row["next_offset"]
        for row in await reader.fetch(_POSITIONS)
    }
    return [
        Lag(group, spec.name, number, stands.get((group, log.topic_id, number)), *bounds)
        for service in SERVICES
        for spec in consumed_by(service)
        if (log := logs.get(spec.name)) is not None
        for group in [group_of(service, spec.name)]
        for number, bounds in sorted(log.partitions.items())
    ]


def read_logs(bootstrap: str) -> dict[str, Log]:
    """Our topics, those that exist, as they are now in Kafka."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap, client_id="langnghe-lag")
    try:
        there = [name for name in TOPICS if name in set(admin.list_topics())]
        described = {topic["name"]: topic for topic in admin.describe_topics(there)} if there else {}
        partitions = [
            TopicPartition(name, number)
            for name, topic in described.items()
            for number in range(len(topic["partitions"]))
        ]
        beginnings = _offsets(admin, partitions, OffsetSpec.EARLIEST)
        ends = _offsets(admin, partitions, OffsetSpec.LATEST)
    finally:
        admin.close()
    return {
        name: Log(
            str(topic["topic_id"]),
            {tp.partition: (beginnings[tp], ends[tp]) for tp in partitions if tp.topic == name},
        )
        for name, topic in described.items()
    }


def _offsets(
    admin: KafkaAdminClient, partitions: Sequence[TopicPartition], which: OffsetSpec
) -> dict[TopicPartition, int]:
    found = admin.list_partition_offsets(dict.fromkeys(partitions, which))
    return {tp: info.offset for tp, info in found.items()}
