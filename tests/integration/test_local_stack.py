"""The embedded servers: what is acknowledged survives a kill, and nothing is left behind."""

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.local.kafka import Kafka
from deploy.local.kafka_config import answers_api_versions
from deploy.local.ports import free_ports
from deploy.local.process import ServerError, alive, wait_until
from deploy.local.stack import Stack, read_info
from tests.infra import EmbeddedInfra, Infra


async def produce(bootstrap: str, topic: str, values: list[bytes]) -> None:
    """Make the topic with one partition and write the values, each acknowledged."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all", enable_idempotence=True)
    await producer.start()
    for value in values:
        await producer.send_and_wait(topic, value)
    await producer.stop()


async def consume(bootstrap: str, topic: str, count: int) -> list[bytes]:
    """The first `count` values of the topic's only partition."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, auto_offset_reset="earliest")
    await consumer.start()
    consumer.assign([TopicPartition(topic, 0)])
    values = [(await consumer.getone()).value for _ in range(count)]
    await consumer.stop()
    return values


async def test_records_outlive_a_killed_broker(embedded: EmbeddedInfra) -> None:
    topic = f"kill-{uuid.uuid4()}"
    before = embedded.bootstrap
    await produce(embedded.bootstrap, topic, [b"a", b"b", b"c"])
    embedded.kafka.kill()
    assert not embedded.kafka.running()
    embedded.kafka.start()
    assert embedded.bootstrap == before
    assert await consume(embedded.bootstrap, topic, 3) == [b"a", b"b", b"c"]


def test_committed_rows_outlive_a_killed_postmaster(embedded: EmbeddedInfra) -> None:
    before = embedded.dsn()
    with psycopg.connect(embedded.dsn()) as connection:
        connection.execute("CREATE TABLE kept (n int)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, 1000)")
    victim = psycopg.connect(embedded.dsn())
    children = psutil.Process(embedded.postgres.pid).children()
    embedded.postgres.kill()
    assert not [child for child in children if alive(child)]
    with pytest.raises(psycopg.OperationalError):
        victim.execute("SELECT 1")
    victim.close()
    embedded.postgres.start()
    assert embedded.dsn() == before
    with psycopg.connect(embedded.dsn()) as connection:
        assert connection.execute("SELECT count(*) FROM kept").fetchone() == (1000,)
        connection.execute("DROP TABLE kept")


def test_a_frozen_server_goes_on_when_thawed(embedded: EmbeddedInfra) -> None:
    with psycopg.connect(embedded.dsn()) as connection:
        embedded.postgres.freeze()
        assert all(p.status() == psutil.STATUS_STOPPED for p in _family(embedded.postgres.pid))
        embedded.postgres.thaw()
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_a_frozen_broker_answers_nothing_and_can_be_stopped(embedded: EmbeddedInfra) -> None:
    embedded.kafka.freeze()
    assert not answers_api_versions(embedded.kafka.port, timeout_s=0.3)
    embedded.kafka.stop()
    assert not embedded.kafka.running()


def test_the_database_is_durable_and_deterministic(infra: Infra) -> None:
    with psycopg.connect(infra.dsn()) as connection:
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            assert connection.execute(f"SHOW {setting}").fetchone() == ("on",)
        encoding = "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()"
        assert connection.execute(encoding).fetchone() == ("UTF8",)


def test_the_embedded_database_sorts_by_code_point(embedded: EmbeddedInfra) -> None:
    with psycopg.connect(embedded.dsn()) as connection:
        query = "SELECT datlocprovider, datlocale FROM pg_database WHERE datname = current_database()"
        assert connection.execute(query).fetchone() == ("b", "C.UTF-8")
        words = connection.execute("SELECT w FROM unnest(%s::text[]) w ORDER BY w", [["đ", "z", "ă"]])
        assert [word for (word,) in words] == sorted(["đ", "z", "ă"])
        assert connection.execute("SELECT lower('ĐƯỜNG HỎNG')").fetchone() == ("đường hỏng",)


def test_a_wrong_password_is_refused(embedded: EmbeddedInfra) -> None:
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(embedded.dsn(password="wrong"))
    assert (embedded.postgres.data_dir / "password").stat().st_mode & 0o077 == 0


def test_both_servers_listen_on_loopback_only(embedded: EmbeddedInfra) -> None:
    for pid in (embedded.kafka.pid, embedded.postgres.pid):
        listening = [c.laddr.ip for c in psutil.Process(pid).net_connections("tcp") if c.status == "LISTEN"]
        assert listening
        assert {ip.removeprefix("::ffff:") for ip in listening} == {"127.0.0.1"}


@pytest.fixture
def folder() -> Iterator[Path]:
    """A data folder; whatever still runs in it afterwards is stopped."""
    with tempfile.TemporaryDirectory(prefix="langnghe-test-") as name:
        yield Path(name)
        Stack(Path(name)).down()


async def test_a_second_stack_lives_side_by_side_and_leaves_nothing(
    folder: Path, embedded: EmbeddedInfra
) -> None:
    stack = Stack(folder)
    info = stack.up()
    assert stack.up() == info
    assert read_info(folder) == Stack(folder).status() == info
    assert (folder / "stack.json").stat().st_mode & 0o077 == 0
    assert info.running
    assert info.bootstrap != embedded.bootstrap
    await produce(info.bootstrap, "alone", [b"x"])
    assert await consume(info.bootstrap, "alone", 1) == [b"x"]
    family = [*_family(info.kafka_pid), *_family(info.postgres_pid)]

    Stack(folder).down()
    assert not [process for process in family if alive(process)]
    assert read_info(folder) is None
    status = Stack(folder).status()
    assert status is not None
    assert not status.running
    Stack(folder).down()


def test_a_stack_comes_back_after_everything_was_killed(folder: Path) -> None:
    first = Stack(folder).up()
    for process in [*_family(first.kafka_pid), *_family(first.postgres_pid)]:
        process.kill()
    assert wait_until(lambda: not Stack(folder).kafka.running(), 10)
    assert read_info(folder) == first
    second = Stack(folder).up()
    assert second.running
    assert (second.bootstrap, second.admin_dsn) == (first.bootstrap, first.admin_dsn)


LAUNCHER = """
import json, pathlib, signal, sys
from deploy.local.stack import Stack
info = Stack(pathlib.Path(sys.argv[1]), die_with_parent=True).up()
print(json.dumps([info.kafka_pid, info.postgres_pid]), flush=True)
signal.pause()
"""


def test_servers_die_with_a_killed_launcher(folder: Path) -> None:
    launcher = subprocess.Popen([sys.executable, "-c", LAUNCHER, str(folder)], stdout=subprocess.PIPE)
    assert launcher.stdout is not None
    pids = json.loads(launcher.stdout.readline())
    family = [process for pid in pids for process in _family(pid)]
    os.kill(launcher.pid, signal.SIGKILL)
    launcher.wait()
    launcher.stdout.close()
    assert wait_until(lambda: not [process for process in family if alive(process)], 10)


def test_a_port_in_use_is_named(folder: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServerError, match=f"port {port} on 127.0.0.1 is in use"):
            Kafka(folder / "kafka", port).start()


async def test_clients_are_sent_to_the_advertised_address(folder: Path) -> None:
    (port,) = free_ports(1)
    kafka = Kafka(folder / "kafka", advertised=f"127.0.0.1:{port}")
    kafka.start()
    passed: list[int] = []

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            passed.append(len(data))
            writer.write(data)
        writer.close()

    async def proxy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        to_broker = await asyncio.open_connection("127.0.0.1", kafka.port)
        await asyncio.gather(pump(reader, to_broker[1]), pump(to_broker[0], writer))

    async with await asyncio.start_server(proxy, "127.0.0.1", port):
        await produce(kafka.bootstrap, "through", [bytes(100_000)])
    assert sum(passed) > 100_000


def test_a_broker_that_cannot_start_tells_why(folder: Path) -> None:
    broken = Kafka(folder / "kafka", properties={"log.retention.hours": "many"})
    with pytest.raises(ServerError, match=r"log\.retention\.hours"):
        broken.start()
    assert not broken.running()


def _family(pid: int | None) -> list[psutil.Process]:
    process = psutil.Process(pid)
    return [process, *process.children(recursive=True)]
