"""One group's reading of one topic: FastStream hands over raw batches, a BatchRunner settles them."""

import asyncio
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import structlog
from aiokafka import ConsumerRecord, TopicPartition
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.message import FAKE_CONSUMER

from shared.database import is_transient
from shared.messaging import broken_connections, lenient_records
from shared.messaging.assignment import Assignment
from shared.messaging.batch import BatchRunner, Settled, Span
from shared.messaging.envelope import loggable_ids
from shared.messaging.positions import Fenced, Stream
from shared.messaging.topic_ids import TopicIds
from shared.telemetry.metrics import BATCH_SECONDS, OUTCOMES, RECORD_WAIT, RECORDS, RETRIES

if TYPE_CHECKING:
    Record: TypeAlias = ConsumerRecord[bytes, bytes]

log = structlog.get_logger()

_RETRY_FOR_S = 20.0


class Consumer:
    """Reads `topic` in `group` for one service; `runner` settles the batches."""

    def __init__(
        self,
        service: str,
        topic: str,
        group: str,
        runner: BatchRunner,
        topic_ids: TopicIds,
        *,
        batch: int = 500,
        session_timeout_s: float = 30.0,
    ) -> None:
        self.assignment = Assignment(service, topic, group, runner.database, topic_ids)
        self._service, self._topic = service, topic
        self._runner = runner
        self._batch = batch
        self._session_ms = int(session_timeout_s * 1000)
        self._seconds = BATCH_SECONDS.labels(service, topic)
        self._outcomes = {outcome: RECORDS.labels(service, topic, outcome) for outcome in OUTCOMES}
        self._waits = RECORD_WAIT.bind(service, topic)
        RETRIES.labels(service, topic, "fenced")  # there from the beginning, so that its first one shows

    def subscribe(self, broker: KafkaBroker) -> None:
        """Register on the broker, with every default that loses data overridden."""
        lenient_records.install()
        broken_connections.install()
        subscriber = broker.subscriber(
            self._topic,
            batch=True,
            group_id=self.assignment.group,
            ack_policy=AckPolicy.MANUAL,
            auto_offset_reset="none",
            isolation_level="read_committed",
            max_records=self._batch,
            batch_timeout_ms=20,
            fetch_max_wait_ms=100,
            session_timeout_ms=self._session_ms,
            heartbeat_interval_ms=self._session_ms // 10,
            rebalance_timeout_ms=60_000,
            max_poll_interval_ms=120_000,
            listener=self.assignment,
            parser=_raw_batch,
            decoder=_raw_records,
            no_reply=True,
        )
        subscriber(self.handle)
        self.assignment.read_by(subscriber)

    async def handle(self, records: Any) -> None:
        """Settle a batch, or leave no trace of it and read it again from its position. Never raises."""
        async with self.assignment.lock:
            try:
                with self._seconds.time():
                    await self._settle(records)
            except Exception as error:
                cause = "fenced" if isinstance(error, Fenced) else type(error).__name__
                RETRIES.labels(self._service, self._topic, cause).inc()
                log.warning(
                    "consumer.batch_abandoned",
                    topic=self._topic,
                    cause=cause,
                    records=len(records),
                    error=str(error)[:200],
                    **_where(records[0]),
                )
                self.assignment.detach({TopicPartition(self._topic, r.partition) for r in records})
            finally:
                self.assignment.in_hand = False
                self.assignment.overtaken.clear()

    async def _settle(self, records: "Sequence[Record]") -> None:
        spans = [span for span in self._spans(records) if not await self._lost_records(span)]
        stream = self.assignment.stream
        if not spans or stream is None:
            return
        settled = await self._run_with_patience(stream, spans)
        self.assignment.next.update({move.partition: move.end for move in settled.moves})
        self._report(settled, spans)
        self.assignment.commit_to_kafka()

    def _spans(self, records: "Sequence[Record]") -> list[Span]:
        """Each attached partition's part, from where the last batch ended; the rest is thrown away."""
        overtaken = self.assignment.overtaken
        starts = {p: at for p, at in self.assignment.next.items() if p not in overtaken}
        by_partition: dict[int, list[Record]] = {}
        for record in records:
            if record.offset >= starts.get(record.partition, record.offset + 1):
                by_partition.setdefault(record.partition, []).append(record)
        return [
            Span(partition, starts[partition], part[-1].offset + 1, part)
            for partition, part in sorted(by_partition.items())
        ]

    async def _lost_records(self, span: Span) -> bool:
        """True if offsets are missing that retention may have taken: asked after the batch was read."""
        if span.end - span.start == len(span.records):
            return False
        tp = TopicPartition(self._topic, span.partition)
        beginning: int = (await self.assignment.kafka.beginning_offsets([tp]))[tp]
        if beginning <= span.start:
            return False
        self.assignment.detach({tp})
        return True

    async def _run_with_patience(self, stream: Stream, spans: Sequence[Span]) -> Settled:
        """Try again on transient errors, with backoff, well within the poll interval."""
        give_up_at = time.monotonic() + _RETRY_FOR_S
        pause = 0.05
        while True:
            try:
                return await self._runner.run(stream, spans)
            except Exception as error:
                if not is_transient(error) or time.monotonic() + pause > give_up_at:
                    raise
                RETRIES.labels(self._service, self._topic, type(error).__name__).inc()
                first = _where(spans[0].records[0])
                log.info("consumer.batch_retried", topic=self._topic, cause=type(error).__name__, **first)
                await asyncio.sleep(pause)
                pause = min(pause * 2, 2.0)

    def _report(self, settled: Settled, spans: Sequence[Span]) -> None:
        for outcome, counter in self._outcomes.items():
            counter.inc(sum(getattr(move, outcome) for move in settled.moves))
        now_ms = time.time() * 1000
        self._waits.observe((now_ms - record.timestamp) / 1000 for span in spans for record in span.records)
        for letter in settled.letters:
            reason = letter.dead.reason
            log.warning("consumer.dead_letter", topic=self._topic, reason=reason, **_where(letter.record))


def _where(record: "Record") -> dict[str, int | str]:
    """How a log line names a record, or a batch by its first."""
    return {"partition": record.partition, "offset": record.offset, **loggable_ids(record.headers)}


async def _raw_batch(message: Any) -> KafkaMessage:
    """FastStream's parser: hands the records on untouched, since headers of outsiders can be anything."""
    return KafkaMessage(body=b"", raw_message=message, consumer=FAKE_CONSUMER)


async def _raw_records(message: Any) -> Any:
    """FastStream's decoder: the handler takes the raw records."""
    return message.raw_message
