"""Which partitions are ours, and from where each is read.

The position in PostgreSQL is the truth; Kafka's committed offset is only a courtesy to other tools. A
partition is *attached* when it was sought to its position and may be read; everything else stays paused.
"""

import asyncio
import contextlib
import time
from collections.abc import Coroutine, Iterable
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import ConsumerStoppedError, KafkaError, OffsetOutOfRangeError

from shared import failpoints
from shared.database import Database
from shared.messaging import positions
from shared.messaging.lost_tail import go_back
from shared.messaging.positions import Advance, Stream
from shared.messaging.topic_ids import TopicIds
from shared.telemetry.metrics import LAG, PAUSED, UNSTABLE, WENT_BACK

log = structlog.get_logger()

_REVOKE_WAIT_S = 40.0
_COMMIT_EVERY_S = 1.0


class Assignment(ConsumerRebalanceListener):  # type: ignore[misc]
    """The partitions of `topic` that this member of `group` holds.

    `lock` is held while a batch is settled or positions are read; `next` maps each attached partition to
    the offset from which its next batch must start; `in_hand` is True from the moment in which the
    client's position moves until the batch is settled; `overtaken` are partitions that were sought anew
    while records of them were in hand: those records are read again and must be thrown away.
    """

    def __init__(self, service: str, topic: str, group: str, database: Database, topic_ids: TopicIds) -> None:
        self.service, self.topic, self.group = service, topic, group
        self.lock = asyncio.Lock()
        self.next: dict[int, int] = {}
        self.stream: Stream | None = None
        self.in_hand = False
        self.overtaken: set[int] = set()
        self._database = database
        self._topic_ids = topic_ids
        self._committed_at = 0.0
        self._stood: dict[int, int] = {}
        self._out_of_range: set[TopicPartition] = set()
        self._went_back = WENT_BACK.labels(service, topic)
        self._tasks: set[asyncio.Task[None]] = set()
        self._attaching: asyncio.Task[None] | None = None
        self._subscriber: Any = None

    def read_by(self, subscriber: Any) -> None:
        """The FastStream subscriber whose client this is; its `consumer` exists while the broker runs."""
        self._subscriber = subscriber

    @property
    def kafka(self) -> AIOKafkaConsumer:
        consumer: AIOKafkaConsumer | None = self._subscriber and self._subscriber.consumer
        if consumer is None:
            raise ConnectionError(f"the consumer of {self.topic} is not running")
        return consumer

    @property
    def attached(self) -> bool:
        """True when every assigned partition is being read (also when none is assigned)."""
        return {tp.partition for tp in self.kafka.assignment()} <= set(self.next)

    # rebalances ------------------------------------------------------------------------------------------

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """Pause first: records could reach the handler before the positions are known."""
        self.kafka.pause(*assigned)
        self._observe_getmany()
        self.next.clear()
        self._start_attaching(assigned)

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """Wait for the batch in flight, below the rebalance timeout; PostgreSQL fences what is left."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_REVOKE_WAIT_S), self.lock:
                log.debug("consumer.revoked", topic=self.topic, partitions=len(revoked))
        self.next.clear()
        for tp in revoked:
            for gauge in (LAG, PAUSED, UNSTABLE):
                # Another member tells it now; ours would stand still.
                gauge.remove(self.service, self.topic, str(tp.partition))

    def _observe_getmany(self) -> None:
        """Know, in the same step in which the client's position moves, that records are on their way."""
        consumer = self.kafka
        if hasattr(consumer, "langnghe_observed"):
            return
        getmany = consumer.getmany

        async def observed(*args: Any, **kwargs: Any) -> Any:
            try:
                found = await getmany(*args, **kwargs)
            except OffsetOutOfRangeError as error:
                log.warning("consumer.out_of_range", topic=self.topic)
                self._out_of_range |= set(error.args[0])
                self.detach(error.args[0])
                return {}
            except Exception as error:
                self._forget_what_was_read()
                if isinstance(error, KafkaError | ConsumerStoppedError):
                    raise
                raise KafkaError(f"unreadable records: {type(error).__name__}") from error
            self.in_hand = self.in_hand or bool(found)
            return found

        consumer.getmany = observed
        consumer.langnghe_observed = True

    def _forget_what_was_read(self) -> None:
        """The client has moved on over records that nobody got: they would pass for holes. Go back."""
        for tp in self.kafka.assignment():
            if tp.partition in self.next:
                self.kafka.seek(tp, self.next[tp.partition])

    # attaching -------------------------------------------------------------------------------------------

    def detach(self, partitions: Iterable[TopicPartition]) -> None:
        """Stop reading these and begin again from their positions, as soon as the database can be asked."""
        gone = set(partitions)
        still_ours = gone & self.kafka.assignment()
        self.kafka.pause(*still_ours)
        for tp in gone:
            self.next.pop(tp.partition, None)
        self._start_attaching(still_ours)

    def _start_attaching(self, partitions: set[TopicPartition]) -> None:
        self._attaching = self._spawn(self._attach_until_done(partitions))

    async def _attach_until_done(self, partitions: Iterable[TopicPartition]) -> None:
        wanted = set(partitions)
        while wanted := wanted & self.kafka.assignment():
            try:
                async with self.lock:
                    await self._attach(wanted)
                return
            except Exception as error:
                log.warning("consumer.attach_failed", topic=self.topic, error=type(error).__name__)
                await asyncio.sleep(1)

    async def _attach(self, wanted: set[TopicPartition]) -> None:
        """Pause, read the positions, seek, resume. What retention took before it was read alarms, and the
        partition stays paused; where the log lost its tail, the position goes back."""
        kafka = self.kafka
        kafka.pause(*wanted)
        stream = Stream(self.group, self.topic, await self._topic_ids.ask(self.topic))
        beginnings = await kafka.beginning_offsets(list(wanted))
        async with self._database.transaction() as tx:
            known = await positions.register(tx, stream, {tp.partition: at for tp, at in beginnings.items()})
        # Asked after the positions: the end of a log that lost nothing cannot lie below them.
        ends = await kafka.end_offsets(list(wanted))
        for tp in wanted:
            at = known[tp.partition]
            if at > ends[tp] or (tp in self._out_of_range and at >= beginnings[tp]):
                known[tp.partition] = await go_back(self._database, kafka, stream, tp, at)
                self._went_back.inc(known[tp.partition] < at)
        self._out_of_range -= wanted
        self.stream = stream
        for tp in wanted & kafka.assignment():
            at = self._stood[tp.partition] = known[tp.partition]
            if self._inside(tp, at, beginnings[tp], ends[tp]):
                kafka.seek(tp, at)
                self.next[tp.partition] = at
                if self.in_hand:
                    self.overtaken.add(tp.partition)
                kafka.resume(tp)
            else:
                self.next.pop(tp.partition, None)

    def _inside(self, tp: TopicPartition, at: int, beginning: int, end: int) -> bool:
        inside = beginning <= at <= end
        PAUSED.labels(self.service, self.topic, str(tp.partition)).set(not inside)
        if not inside:
            where = {"topic": self.topic, "partition": tp.partition, "position": at}
            log.error("consumer.gap", **where, log_start=beginning, log_end=end)
        return inside

    # holes, lag, lost data, courtesy ---------------------------------------------------------------------

    async def pass_holes(self) -> None:
        """Where a partition is idle, move its position over transaction markers and aborted records."""
        if self.lock.locked() or self.stream is None:
            return
        async with self.lock:
            moves = await self._idle_moves()
            if not moves:
                return
            async with self._database.transaction() as tx:
                await positions.lock(tx, self.stream, {m.partition: m.start for m in moves})
                await positions.advance(tx, self.stream, moves)
            self.next.update({move.partition: move.end for move in moves})

    async def _idle_moves(self) -> list[Advance]:
        ours = [tp for tp in self.kafka.assignment() if tp.partition in self.next]
        reached = {tp: await self.kafka.position(tp) for tp in ours}
        ahead = {tp: at for tp, at in reached.items() if at > self.next[tp.partition]}
        if not ahead:
            return []
        beginnings = await self.kafka.beginning_offsets(list(ahead))
        if self.in_hand:
            return []
        return [
            Advance(tp.partition, self.next[tp.partition], at, 0, 0, 0)
            for tp, at in sorted(ahead.items())
            if beginnings[tp] <= self.next[tp.partition]
        ]

    async def watch(self) -> None:
        """Measure lag; attach again what is detached, has lost data, or belongs to a topic made anew."""
        assigned = self.kafka.assignment()
        if not assigned:
            # Perhaps the topic was away: aiokafka would look for it again after five minutes.
            await self.kafka._client.force_metadata_update()
        if not assigned or self.stream is None:
            return
        current_id = await self._topic_ids.ask(self.topic)
        beginnings = await self.kafka.beginning_offsets(list(assigned))
        ends = await self.kafka.end_offsets(list(assigned))
        stale = set()
        for tp in assigned:
            at = self.next.get(tp.partition)
            if at is None or not beginnings[tp] <= at <= ends[tp] or current_id != self.stream.topic_id:
                stale.add(tp)
            self._measure(tp, at, ends[tp])
        if stale and (self._attaching is None or self._attaching.done()):
            self.detach(stale)

    def _measure(self, tp: TopicPartition, at: int | None, end: int) -> None:
        """Lag, also of a partition that is not read now: from where it stood last."""
        if at is not None:
            self._stood[tp.partition] = at
        labels = (self.service, self.topic, str(tp.partition))
        LAG.labels(*labels).set(max(0, end - self._stood.get(tp.partition, end)))
        stable, high = self.kafka.last_stable_offset(tp), self.kafka.highwater(tp)
        if stable is not None and high is not None and stable >= 0:
            UNSTABLE.labels(*labels).set(max(0, high - stable))

    def commit_to_kafka(self) -> None:
        """Tell Kafka where we stand, at most once a second, in the background, best effort."""
        if time.monotonic() - self._committed_at >= _COMMIT_EVERY_S:
            self._committed_at = time.monotonic()
            self._spawn(self._commit())

    async def _commit(self) -> None:
        try:
            ours = self.kafka.assignment()
            offsets = {TopicPartition(self.topic, p): at for p, at in self.next.items()}
            failpoints.hit(f"{self.service}.before_offset_commit")
            await self.kafka.commit({tp: at for tp, at in offsets.items() if tp in ours})
            failpoints.hit(f"{self.service}.after_offset_commit")
        except (KafkaError, ConnectionError, ValueError) as error:
            log.info("consumer.offset_commit_failed", topic=self.topic, error=type(error).__name__)

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    async def close(self) -> None:
        """Cancel what runs in the background."""
        tasks = list(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
