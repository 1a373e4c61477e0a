"""A toy installation on real servers: its own database, topics made anew, members to start and kill."""

import os
import signal
import struct
import subprocess
import sys
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeAlias

import asyncpg
import orjson
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.record.util import calc_crc32c_py
from kafka import KafkaAdminClient

from deploy.cli.checker import check
from deploy.local.installation import create_database
from shared.messaging.envelope import new_envelope
from shared.migrations import _CREATE
from tests.infra import Infra
from tests.integration import toy
from tests.support import delete_topics, eventually

PARTITIONS = 6
SESSION_S = 6
"""The shortest that a broker allows by default."""
Effect: TypeAlias = tuple[str, int]


class Ground:
    """One toy service's world. `group` is new each time, so that no member of an earlier test is awaited."""

    def __init__(self, infra: Infra, folder: Path) -> None:
        self.bootstrap = infra.bootstrap
        self.folder = folder
        self.dsn = create_database(infra.dsn(), f"toy_{uuid.uuid4().hex}")
        self.group = f"{toy.GROUP}.{uuid.uuid4().hex[:8]}"
        self.members: dict[str, subprocess.Popen[bytes]] = {}
        self.make_topics("toy.in", "toy.out")

    def make_topics(self, *names: str) -> None:
        """Make these anew, whatever they held."""
        admin = KafkaAdminClient(bootstrap_servers=self.bootstrap)
        try:
            delete_topics(admin, names)
            wanted = {name: {"num_partitions": PARTITIONS, "replication_factor": 1} for name in names}
            admin.create_topics(wanted, wait_for_metadata=True)
        finally:
            admin.close()

    async def make_tables(self) -> None:
        connection = await asyncpg.connect(self.dsn)
        try:
            await connection.execute(f"CREATE SCHEMA toy; SET search_path TO toy; {_CREATE} {toy.TABLE};")
        finally:
            await connection.close()

    # members ---------------------------------------------------------------------------------------------

    def start(self, name: str = "toy", *, failpoint: str = "", batch: int = 50) -> None:
        """One more member of the group; `failpoint` tells it where to kill itself."""
        env = {
            "TOY_DSN": self.dsn,
            "TOY_KAFKA": self.bootstrap,
            "TOY_GROUP": self.group,
            "TOY_BATCH": str(batch),
            "TOY_SESSION_S": str(SESSION_S),
            "LANGNGHE_FAILPOINT": failpoint,
        }
        with self.log(name).open("ab") as log:
            self.members[name] = subprocess.Popen(
                [sys.executable, "-m", "tests.integration.toy"],
                env={**os.environ, **env},
                stdout=log,
                stderr=log,
                cwd=Path(__file__).resolve().parents[3],
            )

    def log(self, name: str) -> Path:
        return self.folder / f"{name}.log"

    def signal(self, name: str, number: signal.Signals) -> None:
        os.kill(self.members[name].pid, number)

    async def died(self, name: str = "toy", *, deadline_s: float = 30) -> None:
        """Wait until the member has killed itself at its fail point."""

        async def look() -> bool:
            return self.members[name].poll() is not None

        await eventually(look, deadline_s=deadline_s, what=f"{name} to die")
        assert self.members[name].returncode == -signal.SIGKILL, self.log(name).read_text()[-2000:]

    def stop_all(self) -> None:
        for process in self.members.values():
            if process.poll() is None:
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait(10)

    # what goes in ----------------------------------------------------------------------------------------

    async def send(self, effects: Iterable[Effect], *, transaction: str = "") -> None:
        """Produce records; `transaction` is "commit" or "abort" for one Kafka transaction around them."""
        extra = {"transactional_id": f"toy-{uuid.uuid4().hex}"} if transaction else {}
        producer = AIOKafkaProducer(bootstrap_servers=self.bootstrap, acks="all", **extra)
        await producer.start()
        try:
            if transaction:
                await producer.begin_transaction()
            for key, n in effects:
                body = orjson.dumps({"key": key, "n": n})
                await producer.send("toy.in", body, key=key.encode(), headers=envelope())
            await producer.flush()
            if transaction == "commit":
                await producer.commit_transaction()
            elif transaction == "abort":
                await producer.abort_transaction()
        finally:
            await producer.stop()

    @asynccontextmanager
    async def open_transaction(self, effects: Iterable[Effect]) -> AsyncIterator[None]:
        """A Kafka transaction that has sent these, and commits at the end of the block."""
        producer = AIOKafkaProducer(
            bootstrap_servers=self.bootstrap, transactional_id=f"toy-{uuid.uuid4().hex}"
        )
        await producer.start()
        try:
            async with producer.transaction():
                for key, n in effects:
                    body = orjson.dumps({"key": key, "n": n})
                    await producer.send_and_wait("toy.in", body, key=key.encode(), headers=envelope())
                yield
        finally:
            await producer.stop()

    async def send_raw(self, *records: dict[str, Any]) -> None:
        """Produce records as given: value, key, headers, partition."""
        producer = AIOKafkaProducer(bootstrap_servers=self.bootstrap, acks="all")
        await producer.start()
        try:
            for record in records:
                await producer.send("toy.in", **{"headers": envelope(), **record})
            await producer.flush()
        finally:
            await producer.stop()

    async def send_name(self, name: bytes, *, partition: int) -> None:
        """Produce a record with a header of this name, which need not be UTF-8.

        Written as a placeholder of the same length, then replaced in the encoded batch and signed anew.
        """
        producer = AIOKafkaProducer(bootstrap_servers=self.bootstrap, acks="all")
        await producer.start()
        try:
            placeholder = b"#" * len(name)
            batch = producer.create_batch()
            headers = [*envelope(), (placeholder.decode(), b"v")]
            batch.append(key=b"k", value=b'{"key": "k", "n": 1}', timestamp=None, headers=headers)
            raw = bytearray(batch._build())
            at = raw.index(placeholder)
            raw[at : at + len(name)] = name
            batch._buffer = _signed(raw)
            await (await producer.send_batch(batch, "toy.in", partition=partition))
        finally:
            await producer.stop()

    # what came of it -------------------------------------------------------------------------------------

    async def rows(self, query: str, *arguments: Any) -> list[asyncpg.Record]:
        connection = await asyncpg.connect(self.dsn, server_settings={"search_path": "toy"})
        try:
            return await connection.fetch(query, *arguments)
        finally:
            await connection.close()

    async def effects(self) -> set[Effect]:
        return {(row["key"], row["n"]) for row in await self.rows("SELECT key, n FROM effects")}

    async def position_sums(self) -> dict[str, int]:
        """The counters of all positions, added up."""
        names = ("consumed", "fresh", "duplicate", "dead", "holes", "gap")
        sums = ", ".join(f"coalesce(sum({name}), 0)::bigint AS {name}" for name in names)
        return dict((await self.rows(f"SELECT {sums} FROM positions"))[0])

    async def letters(self) -> list[asyncpg.Record]:
        return await self.rows("SELECT * FROM dead_letters ORDER BY partition, record_offset")

    async def has(self, wanted: set[Effect], *, deadline_s: float = 40) -> None:
        """Wait until every wanted effect is there and all is quiet."""

        async def look() -> bool:
            try:
                return wanted <= await self.effects()
            except (OSError, asyncpg.PostgresError):
                return False

        await self._eventually(look, deadline_s)
        await self.quiet(deadline_s=deadline_s)

    async def sound(self) -> None:
        """I6, I8 and I9 hold."""
        report = await check(self.dsn, self.bootstrap, only=("I6", "I8", "I9"))
        assert report.verdicts == {"I6": True, "I8": True, "I9": True}, report.as_json()

    async def _eventually(self, look: Callable[[], Awaitable[bool]], deadline_s: float) -> None:
        try:
            await eventually(look, deadline_s=deadline_s, every_s=0.2)
        except AssertionError as error:
            said = "\n".join(self.log(name).read_text()[-1500:] for name in self.members)
            raise AssertionError(f"{error}; {await self.position_sums()}\n{said}") from None

    async def quiet(self, *, deadline_s: float = 30) -> None:
        """Wait until every position is at its log's end and the outbox is empty."""

        async def look() -> bool:
            return not await self.rows("SELECT 1 FROM outbox") and await self._at_the_end()

        await self._eventually(look, deadline_s)

    async def drained(self) -> None:
        """Wait until the outbox is empty."""

        async def look() -> bool:
            return not await self.rows("SELECT 1 FROM outbox")

        await self._eventually(look, 30)

    async def _at_the_end(self) -> bool:
        ends = await self.ends("toy.in")
        newest = await self.rows(
            "SELECT partition, next_offset FROM positions WHERE topic_id = "
            "(SELECT topic_id FROM positions ORDER BY updated_at DESC LIMIT 1)"
        )
        return {row["partition"]: row["next_offset"] for row in newest} == ends

    async def ends(self, topic: str) -> dict[int, int]:
        """The end of each partition, after the last committed record."""
        partitions = [TopicPartition(topic, p) for p in range(PARTITIONS)]
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap, isolation_level="read_committed")
        await consumer.start()
        try:
            found = await consumer.end_offsets(partitions)
        finally:
            await consumer.stop()
        return {tp.partition: at for tp, at in found.items()}

    async def announced(self) -> list[tuple[int, Effect]]:
        """Everything on `toy.out`, as (partition, effect), in order of offset within a partition."""
        partitions = [TopicPartition("toy.out", p) for p in range(PARTITIONS)]
        consumer = AIOKafkaConsumer(bootstrap_servers=self.bootstrap, isolation_level="read_committed")
        await consumer.start()
        found: list[tuple[int, Effect]] = []
        try:
            consumer.assign(partitions)
            await consumer.seek_to_beginning()
            ends = await consumer.end_offsets(partitions)
            while any([await consumer.position(tp) < ends[tp] for tp in partitions]):
                for tp, records in (await consumer.getmany(timeout_ms=200)).items():
                    bodies = [orjson.loads(record.value) for record in records]
                    found += [(tp.partition, (body["name"], body["n"])) for body in bodies]
        finally:
            await consumer.stop()
        return found


def envelope() -> Sequence[tuple[str, bytes]]:
    return new_envelope("toy", "langnghe.Toy.v1", causation=None, traceparent=None).headers()


def wanted(keys: int = 20, each: int = 10, *, start: int = 0) -> list[Effect]:
    """`keys` x `each` different effects, interleaved."""
    return [(f"k{key}", n) for n in range(start, start + each) for key in range(keys)]


def _signed(batch: bytearray) -> bytes:
    """The record batch with its checksum put right: CRC-32C of all from the attributes on, at byte 17."""
    struct.pack_into(">I", batch, 17, calc_crc32c_py(batch[21:]))
    return bytes(batch)
