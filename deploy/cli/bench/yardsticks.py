"""What the machine gives without us: a bare consumer that validates, and COPY of the very rows of routing."""

import time
from typing import Any

from aiokafka import AIOKafkaConsumer, TopicPartition
from pydantic import TypeAdapter

from deploy.cli.bench.end_to_end import SUBMITTED
from deploy.cli.bench.ground import Ground
from deploy.cli.bench.writes import routing_writes
from services.intake.domain.submission import Submission
from shared.contracts.events import CaseOpened
from shared.contracts.topics import TOPICS

_BATCH = 500


async def yardsticks(ground: Ground) -> dict[str, Any]:
    """Measure on what a run of the stages left in Kafka and in routing's tables."""
    raw = {
        SUBMITTED: await _raw(ground.bootstrap, SUBMITTED, TypeAdapter(Submission)),
        "cases.events": await _raw(ground.bootstrap, "cases.events", TypeAdapter(CaseOpened)),
    }
    return {"raw_consumer": raw, "routing_writes": await routing_writes(ground)}


async def _raw(bootstrap: str, topic: str, model: TypeAdapter[Any]) -> dict[str, float]:
    """A bare aiokafka consumer, `read_committed`, batches of 500; each body is validated by its model."""
    parts = [TopicPartition(topic, number) for number in range(TOPICS[topic].partitions)]
    async with AIOKafkaConsumer(
        bootstrap_servers=bootstrap, isolation_level="read_committed", enable_auto_commit=False
    ) as consumer:
        consumer.assign(parts)
        await consumer.seek_to_beginning(*parts)
        left = sum((await consumer.end_offsets(parts)).values())
        began, cpu, seen = time.monotonic(), time.process_time(), 0
        while seen < left:
            for records in (await consumer.getmany(timeout_ms=1_000, max_records=_BATCH)).values():
                for record in records:
                    model.validate_json(record.value)
                seen += len(records)
        spent = time.process_time() - cpu
        return {
            "rate_per_s": round(seen / (time.monotonic() - began)),
            "cpu_us": round(spent / seen * 1e6, 1),
        }
