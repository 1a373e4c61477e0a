"""What tests of a running routing share: reports as intake announces them, a look at the tables."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import asyncpg
import uuid_utils
from aiokafka import AIOKafkaProducer

from deploy.local.installation import Installation
from services.routing.use_cases.decide_reports import decide_reports
from shared.contracts.events import Event, ReporterErased, ReportReceived, ReportWithdrawn
from shared.contracts.topics import group_of
from shared.database import Database
from shared.messaging.envelope import Envelope, new_envelope, new_trace
from shared.messaging.received import Dead, Received, Verdict
from shared.outbox import encode
from tests.support import eventually
from tests.unit.routing.ground import basis

NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
TODAY = date(2026, 11, 20)
TEXT = "Rác ở phường Vũ Ninh ba ngày không ai thu gom, bốc mùi"
VU_NINH = "09169"
CHANGED_BY_HAND: set[UUID] = set()
"""Cases whose rows a test has changed beside any decision: of all others the history must be whole."""


def fresh() -> UUID:
    return UUID(str(uuid_utils.uuid7()))


def report(text: str = TEXT, report_id: UUID | None = None, **more: Any) -> ReportReceived:
    fields: dict[str, Any] = {
        "report_id": report_id or fresh(),
        "purpose": "request",
        "channel": "web",
        "text": text,
        "submitted_at": NOW,
        "received_at": NOW,
        "report_date": TODAY,
    }
    return ReportReceived.model_validate(fields | more)


def withdrawn(report_id: UUID) -> ReportWithdrawn:
    return ReportWithdrawn(report_id=report_id, withdrawn_at=NOW)


def erased(report_id: UUID) -> ReporterErased:
    return ReporterErased(report_id=report_id, erased_at=NOW)


def envelope(event: Event) -> Envelope:
    return new_envelope("langnghe.intake", event.ce_type(), causation=None, traceparent=new_trace())


async def send(installation: Installation, *events: Event | tuple[Event, Envelope]) -> None:
    """Produce events in this order; one with an envelope is sent as that event, however often."""
    producer = AIOKafkaProducer(bootstrap_servers=installation.bootstrap, acks="all")
    await producer.start()
    try:
        for told in events:
            event, head = told if isinstance(told, tuple) else (told, envelope(told))
            await producer.send_and_wait(
                event.topic, encode(event), key=event.key.encode(), headers=head.headers()
            )
    finally:
        await producer.stop()


@asynccontextmanager
async def reading(installation: Installation) -> AsyncIterator["asyncpg.Connection[asyncpg.Record]"]:
    """A connection that sees everything and writes nothing."""
    connection = await asyncpg.connect(installation.dsn("reader"), server_settings={"search_path": "routing"})
    try:
        yield connection
    finally:
        await connection.close()


async def counters(installation: Installation, topic: str = "reports.events") -> dict[str, int]:
    """What became of a topic's records so far."""
    async with reading(installation) as db:
        row = await db.fetchrow(
            "SELECT coalesce(sum(consumed), 0)::int AS consumed, coalesce(sum(fresh), 0)::int AS fresh,"
            " coalesce(sum(duplicate), 0)::int AS duplicate, coalesce(sum(dead), 0)::int AS dead"
            " FROM positions WHERE consumer_group = $1",
            group_of("routing", topic),
        )
        assert row is not None
        return dict(row)


async def settle(installation: Installation, *events: Event | tuple[Event, Envelope]) -> dict[str, int]:
    """Send, wait until all are settled, and tell what became of just these."""
    first = events[0][0] if isinstance(events[0], tuple) else events[0]
    before = await counters(installation, first.topic)
    await send(installation, *events)

    async def look() -> dict[str, int]:
        seen = await counters(installation, first.topic)
        return seen if seen["consumed"] >= before["consumed"] + len(events) else {}

    after = await eventually(look, what=f"{len(events)} records settled")
    return {name: after[name] - before[name] for name in after}


async def value(installation: Installation, sql: str, *values: Any) -> Any:
    async with reading(installation) as db:
        return await db.fetchval(sql, *values)


async def rows(installation: Installation, sql: str, *values: Any) -> list[tuple[Any, ...]]:
    async with reading(installation) as db:
        return [tuple(row) for row in await db.fetch(sql, *values)]


async def apply(database: Database, *events: Event) -> Sequence[Verdict | Dead]:
    """The service's own `apply` in a transaction, as a redrive calls it."""
    received = [Received(0, n, envelope(event), event) for n, event in enumerate(events)]
    async with database.transaction() as tx:
        return await decide_reports(tx, received, basis())  # type: ignore[arg-type]
