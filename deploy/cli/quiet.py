"""When is all quiet? Nothing in any outbox, nothing parked, nothing unread, no roll-up owed, no mail due.

Cheap enough to be asked several times a second; the checker, which reads every record, comes after it.
"""

import asyncio
import time
from collections.abc import Callable

import asyncpg
from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import OffsetSpec

from shared.contracts.topics import TOPICS, consumed_by, group_of
from shared.migrations import SERVICES

_WAITING = """
SELECT 'intake outbox' AS what, count(*) AS n FROM intake.outbox
UNION ALL SELECT 'routing outbox', count(*) FROM routing.outbox
UNION ALL SELECT 'aggregation outbox', count(*) FROM aggregation.outbox
UNION ALL SELECT 'notify outbox', count(*) FROM notify.outbox
UNION ALL SELECT 'parked commands', count(*) FROM routing.parked_commands
UNION ALL SELECT 'roll-ups', count(*) FROM aggregation.dirty
UNION ALL SELECT 'planned notifications', count(*) FROM notify.notifications WHERE state = 'planned'
UNION ALL SELECT 'deliveries', count(*) FROM notify.deliveries WHERE state IN ('ready', 'sending')
"""
_POSITIONS = " UNION ALL ".join(
    f"SELECT consumer_group, topic, partition, next_offset, updated_at FROM {s}.positions"  # noqa: S608
    for s in SERVICES
)
_NEWEST = f"""
SELECT DISTINCT ON (consumer_group, topic, partition) consumer_group, topic, partition, next_offset
FROM ({_POSITIONS}) AS p ORDER BY consumer_group, topic, partition, updated_at DESC
"""  # noqa: S608 - the schemas are ours

Waiting = dict[str, int]
"""What still waits, and how much of it; empty when all is quiet."""


def end_offsets(bootstrap: str) -> dict[tuple[str, int], int]:
    """Where each partition of our topics ends now."""
    admin = KafkaAdminClient(bootstrap_servers=bootstrap, client_id="langnghe-ends")
    try:
        wanted = {
            TopicPartition(spec.name, number): OffsetSpec.LATEST
            for spec in TOPICS.values()
            for number in range(spec.partitions)
        }
        found = admin.list_partition_offsets(wanted)
        return {(tp.topic, tp.partition): info.offset for tp, info in found.items()}
    finally:
        admin.close()


async def waiting(reader: "asyncpg.Connection[asyncpg.Record]", bootstrap: str) -> Waiting:
    """What is on its way now, named; `reader` may read every schema."""
    ends = await asyncio.to_thread(end_offsets, bootstrap)
    stands = {
        (row["consumer_group"], row["topic"], row["partition"]): row["next_offset"]
        for row in await reader.fetch(_NEWEST)
    }
    found = {row["what"]: row["n"] for row in await reader.fetch(_WAITING)}
    for service in SERVICES:
        for spec in consumed_by(service):
            group = group_of(service, spec.name)
            found[group] = sum(
                ends[spec.name, number] - stands.get((group, spec.name, number), 0)
                for number in range(spec.partitions)
            )
    return {what: n for what, n in found.items() if n}


async def quiet(
    reader_dsn: str,
    bootstrap: str,
    *,
    deadline_s: float,
    but_for: frozenset[str] = frozenset(),
    tell: Callable[[Waiting], None] | None = None,
) -> None:
    """Wait until two looks in a row find nothing; `but_for` names what may wait. Raises TimeoutError."""
    reader = await asyncpg.connect(reader_dsn)
    give_up_at = time.monotonic() + deadline_s
    calm = 0
    try:
        while calm < 2:
            left = {what: n for what, n in (await waiting(reader, bootstrap)).items() if what not in but_for}
            calm = 0 if left else calm + 1
            if tell is not None:
                tell(left)
            if left and time.monotonic() > give_up_at:
                raise TimeoutError(f"still waiting: {left}")
            await asyncio.sleep(0.1)
    finally:
        await reader.close()
