"""A log that is shorter than it was: a broker died and lost records that it had acknowledged.

Kafka gives the offsets of the lost records again, to new ones. So a position beyond the log's end says that
records may come, or have come already, below it. It goes back to the first record that may have been
appended since it last moved; natural keys absorb what is read again.

Known limit: a log that grew past the position before anybody looked or fetched shows nothing by its offsets.
The leader's epoch would tell it, but aiokafka does not hand it out.
"""

from datetime import timedelta

import structlog
from aiokafka import AIOKafkaConsumer, TopicPartition

from shared.database import Database
from shared.messaging import positions
from shared.messaging.positions import Stream

log = structlog.get_logger()

_CLOCKS_DIFFER_BY = timedelta(hours=2)
"""At most, between PostgreSQL and whoever stamps the records."""


async def go_back(
    database: Database, kafka: AIOKafkaConsumer, stream: Stream, tp: TopicPartition, stood: int
) -> int:
    """Move the position from `stood` to the first record that may be new, on the record; return where it is.

    Raises Fenced if somebody else moved it meanwhile.
    """
    async with database.connection() as connection:
        moved_at = await positions.moved_at(connection, stream, tp.partition)
    since_ms = int((moved_at - _CLOCKS_DIFFER_BY).timestamp() * 1000)
    end = (await kafka.end_offsets([tp]))[tp]
    # Asked after the end, so that what is appended in between is found, too.
    found = (await kafka.offsets_for_times({tp: since_ms}))[tp]
    to: int = end if found is None else min(found.offset, end)
    if to >= stood:
        return stood
    async with database.transaction() as tx:
        await positions.go_back(tx, stream, tp.partition, stood, to)
    log.error("consumer.log_lost_its_tail", topic=tp.topic, partition=tp.partition, position=stood, now=to)
    return to
