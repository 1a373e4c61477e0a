"""What tests of a running intake share: a registered source, its records, a look at topics and tables."""

import base64
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import uuid4

import asyncpg
import orjson
from aiokafka import AIOKafkaProducer
from kafka import KafkaConsumer, TopicPartition

from deploy.local.installation import Installation
from services.intake.domain.keys import Keys
from services.intake.domain.record import SUBMITTED_TYPE
from services.intake.domain.sealing import KekRing
from services.intake.domain.signature import Signed, sign
from services.intake.use_cases.register_sources import Registration, register_sources
from shared.contracts.events import CaseFacts
from shared.database import Database
from shared.messaging.envelope import new_trace
from tests.support import eventually

SOURCE = "https://hotline.example/bac-ninh"
KEY_ID, KEY = "2026-1", bytes(range(32))
TOKEN = "a-token-of-a-registered-source-for-tests"
TIME = "2026-10-01T08:00:00Z"
GROUP = "langnghe.intake.reports.submitted"
Headers = list[tuple[str, bytes | None]]


def ring(installation: Installation) -> KekRing:
    return KekRing({"kek-1": base64.b64decode(installation.secret("kek"))}, "kek-1")


def keys(installation: Installation) -> Keys:
    """Intake's keys in this installation."""
    return Keys.from_secrets(ring(installation), base64.b64decode(installation.secret("tracking_key")))


async def register(installation: Installation, *extra: Registration) -> None:
    """Register the source of these tests."""
    database = Database(installation.dsn("intake"), "intake")
    await database.open()
    async with database.transaction() as tx:
        mine = Registration(SOURCE, "Đường dây nóng", {KEY_ID: KEY}, TOKEN)
        await register_sources(tx, ring(installation), [mine, *extra])
    await database.close()


def body(text: str = "Đèn đường hỏng ở Phường Quế Võ", **more: Any) -> bytes:
    return orjson.dumps({"text": text, "channel": "hotline", **more})


def headers(event_id: str, payload: bytes, *, key: bytes = KEY, source: str = SOURCE) -> Headers:
    signature = sign(key, Signed(source, event_id, TIME, payload))
    return [
        ("ce_specversion", b"1.0"),
        ("ce_id", event_id.encode()),
        ("ce_source", source.encode()),
        ("ce_type", SUBMITTED_TYPE.encode()),
        ("ce_time", TIME.encode()),
        ("content-type", b"application/json"),
        ("traceparent", new_trace().encode()),
        ("ln_keyid", KEY_ID.encode()),
        ("ln_signature", signature.encode()),
    ]


def fresh_id() -> str:
    return f"t-{uuid4().hex}"


async def send(installation: Installation, records: Sequence[tuple[bytes | None, Headers]]) -> None:
    """Produce records to `reports.submitted`; aiokafka, since kafka-python refuses faulty headers itself."""
    producer = AIOKafkaProducer(bootstrap_servers=installation.bootstrap, acks="all")
    await producer.start()
    for n, (value, head) in enumerate(records):
        await producer.send("reports.submitted", key=f"{n}".encode(), value=value, headers=head)
    await producer.flush()
    await producer.stop()


@asynccontextmanager
async def reading(installation: Installation) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection that sees everything and writes nothing."""
    connection = await asyncpg.connect(installation.dsn("reader"), server_settings={"search_path": "intake"})
    try:
        yield connection
    finally:
        await connection.close()


async def settled(installation: Installation, records: int) -> dict[str, int]:
    """Wait until so many records of `reports.submitted` are settled and the outbox is empty."""
    async with reading(installation) as connection:

        async def look() -> dict[str, int] | None:
            row = await connection.fetchrow(
                "SELECT coalesce(sum(consumed), 0)::int AS consumed, coalesce(sum(fresh), 0)::int AS fresh,"
                " coalesce(sum(duplicate), 0)::int AS duplicate, coalesce(sum(dead), 0)::int AS dead,"
                " (SELECT count(*)::int FROM outbox) AS outbox FROM positions WHERE consumer_group = $1",
                GROUP,
            )
            assert row is not None
            return dict(row) if row["consumed"] >= records and not row["outbox"] else None

        found = await eventually(look, what=f"{records} records settled")
        assert found is not None
        return found


def case_facts(path: Sequence[str], at: datetime, **more: Any) -> CaseFacts:
    """What routing would say of a case that came in at `at`."""
    said: dict[str, Any] = {
        "unit": path[0],
        "path": tuple(path),
        "purpose": "request",
        "category": "dien-chieu-sang",
        "legal_kind": "phan_anh",
        "severity": 1,
        "state": "opened",
        "level": "commune",
        "restricted": False,
        "listening_owner": f"mttq@{path[0]}",
        "resolving_owner": f"ubnd@{path[0]}",
        "channel": "web",
        "report_date": at.date(),
        "submitted_at": at,
        "received_at": at,
    }
    return CaseFacts(**(said | more))


def topic(installation: Installation, name: str = "reports.events") -> list[Any]:
    """Every record now in a topic, as kafka-python reads it (decompressed)."""
    consumer = KafkaConsumer(bootstrap_servers=installation.bootstrap, auto_offset_reset="earliest")
    parts = [TopicPartition(name, p) for p in sorted(consumer.partitions_for_topic(name) or ())]
    consumer.assign(parts)
    ends = consumer.end_offsets(parts)
    consumer.seek_to_beginning(*parts)
    found: list[Any] = []
    while any(consumer.position(part) < ends[part] for part in parts):
        for records in consumer.poll(timeout_ms=1_000).values():
            found.extend(records)
    consumer.close()
    return found
