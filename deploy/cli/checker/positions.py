"""I6, I8, I9: what each consumer group says it read, against its own sums and against Kafka.

Generic: every schema that the reader sees and that has a `positions` table is looked at.
"""

from collections.abc import Sequence

import asyncpg

from deploy.cli.checker.kafka_view import KafkaView, PartitionView
from deploy.cli.checker.result import Result, judged, together
from shared.contracts.topics import consumed_by, group_of
from shared.database import Connection
from shared.migrations import SERVICES

_SCHEMAS = """
SELECT table_schema FROM information_schema.tables WHERE table_name = 'positions' ORDER BY 1
"""
_SUMS = """
SELECT consumer_group, topic, topic_id, partition, started_at, next_offset,
       consumed, fresh, duplicate, dead, holes, gap,
       (SELECT count(*) FROM {schema}.dead_letters AS d
        WHERE (d.consumer_group, d.topic_id, d.partition) = (p.consumer_group, p.topic_id, p.partition)
       ) AS letters
FROM {schema}.positions AS p ORDER BY consumer_group, topic, partition
"""
_GAPS = """
SELECT from_offset, to_offset FROM {schema}.position_gaps
WHERE consumer_group = $1 AND topic_id = $2 AND partition = $3
"""


async def schemas(reader: Connection) -> list[str]:
    """The schemas that hold positions."""
    return [row["table_schema"] for row in await reader.fetch(_SCHEMAS)]


async def counters_add_up(reader: Connection, _kafka: KafkaView) -> Result:
    """I6: consumed = fresh + duplicate + dead, and each dead record has its letter."""
    bad = []
    for schema in await schemas(reader):
        for row in await reader.fetch(_SUMS.format(schema=schema)):
            parts = row["fresh"] + row["duplicate"] + row["dead"]
            if row["consumed"] != parts:
                bad.append(f"{_where(row)}: consumed {row['consumed']}, parts {parts}")
            elif row["letters"] < row["dead"]:
                bad.append(f"{_where(row)}: dead {row['dead']}, letters {row['letters']}")
    return judged(bad)


async def positions_match_kafka(reader: Connection, kafka: KafkaView) -> Result:
    """I8: started_at + consumed + holes + gap = next_offset, recounted from Kafka where still kept."""
    bad, recounted, partly, gone = [], 0, 0, 0
    for schema in await schemas(reader):
        for row in await reader.fetch(_SUMS.format(schema=schema)):
            reached = row["started_at"] + row["consumed"] + row["holes"] + row["gap"]
            if reached != row["next_offset"] or row["holes"] < 0:
                bad.append(f"{_where(row)}: counters reach {reached}, next_offset {row['next_offset']}")
            topic = kafka.topics.get(row["topic"])
            if topic is None or topic.id != row["topic_id"] or row["partition"] not in topic.partitions:
                gone += 1
                continue
            gaps = await reader.fetch(
                _GAPS.format(schema=schema), row["consumer_group"], row["topic_id"], row["partition"]
            )
            view = topic.partitions[row["partition"]]
            whole = view.beginning <= row["started_at"]
            recounted, partly = recounted + whole, partly + (not whole)
            bad += _recount(row, view, gaps, whole=whole)
    return judged(bad, f"recounted {recounted}, partly kept {partly}, topic gone {gone}")


def _recount(
    row: asyncpg.Record, view: PartitionView, gaps: Sequence[asyncpg.Record], *, whole: bool
) -> list[str]:
    if row["next_offset"] > view.end:
        return [f"{_where(row)}: next_offset {row['next_offset']} is beyond the end {view.end}"]
    held = view.count(row["started_at"], row["next_offset"])
    held -= sum(view.count(gap["from_offset"], gap["to_offset"]) for gap in gaps)
    # Where a position went back, records below where it stood were read twice, or read and then lost.
    again = sum(max(0, gap["from_offset"] - gap["to_offset"]) for gap in gaps)
    if held > row["consumed"] or (whole and held + again < row["consumed"]):
        return [f"{_where(row)}: consumed {row['consumed']}, Kafka holds {held} records"]
    return []


async def all_drained(reader: Connection, kafka: KafkaView) -> Result:
    """I9: outbox, parked commands, cases to compare and lag are zero."""
    looks = [judged(await _lagging(reader, kafka))]
    for schema in await schemas(reader):
        for table in ("outbox", "parked_commands", "incident_marks"):
            if await reader.fetchval("SELECT to_regclass($1)", f"{schema}.{table}") is None:
                continue
            left = await reader.fetchval(f"SELECT count(*) FROM {schema}.{table}")  # noqa: S608 - from the catalogue
            looks.append(judged([f"{schema}.{table}: {left} rows"] if left else []))
    return together(looks)


async def _lagging(reader: Connection, kafka: KafkaView) -> list[str]:
    stands: dict[tuple[str, str], dict[int, int]] = {}
    for schema in await schemas(reader):
        if schema in SERVICES:
            stands.update({(group_of(schema, spec.name), spec.name): {} for spec in consumed_by(schema)})
        for row in await reader.fetch(_SUMS.format(schema=schema)):
            reading = stands.setdefault((row["consumer_group"], row["topic"]), {})
            topic = kafka.topics.get(row["topic"])
            if topic is not None and topic.id == row["topic_id"]:
                reading[row["partition"]] = row["next_offset"]
    return [
        f"{group} {topic}[{number}]: stands at {at.get(number)}, log ends at {view.end}"
        for (group, topic), at in sorted(stands.items())
        if topic in kafka.topics
        for number, view in kafka.topics[topic].partitions.items()
        if at.get(number, view.beginning) < view.end
    ]


def _where(row: asyncpg.Record) -> str:
    return f"{row['consumer_group']} {row['topic']}[{row['partition']}]"
