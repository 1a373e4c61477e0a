"""What notify's integration tests share: events by the contract, a real database, odd receivers."""

import asyncio
import base64
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import uuid_utils

from services.notify.domain.retry import RetryPolicy
from services.notify.senders.email import EmailSender, EmailSettings
from services.notify.senders.webhook import WebhookSender
from services.notify.use_cases.compose import Composer
from services.notify.use_cases.dispatch import Dispatcher, Lane
from services.notify.use_cases.load_recipients import load_recipients
from services.notify.use_cases.parcels import ParcelMaker
from services.notify.use_cases.plan_cases import plan_cases
from services.notify.use_cases.planning import RecipientCache
from shared.contracts.events import CaseClosed, CaseEvent, CaseFacts, CaseOpened, Clocks
from shared.database import Database
from shared.messaging.envelope import new_envelope, new_trace
from shared.messaging.received import Received, Verdict
from shared.units import UnitMap

PROVINCE, COMMUNE = "uprovince0", "ucommune01"
FRONT, OFFICE, TOP = f"mttq@{COMMUNE}", f"ubnd@{COMMUNE}", f"mttq@{PROVINCE}"
KEY = base64.b64encode(bytes(range(32))).decode()
NOW = datetime(2026, 11, 20, 8, 0, tzinfo=UTC)


def facts(**changes: Any) -> CaseFacts:
    base: dict[str, Any] = {
        "unit": COMMUNE,
        "path": (COMMUNE, PROVINCE),
        "purpose": "request",
        "category": "giao-thong-ha-tang",
        "legal_kind": "phan_anh",
        "severity": 1,
        "state": "opened",
        "level": "commune",
        "restricted": False,
        "listening_owner": FRONT,
        "resolving_owner": OFFICE,
        "channel": "web",
        "report_date": date(2026, 11, 20),
        "submitted_at": NOW,
        "received_at": NOW,
        "clocks": Clocks(settle_by=NOW + timedelta(days=7)),
    }
    return CaseFacts.model_validate({**base, **changes})


def case_event(
    kind: type[CaseEvent] = CaseOpened, case_id: UUID | None = None, version: int = 1,
    audience: tuple[str, ...] = (FRONT, OFFICE, TOP), **changes: Any,
) -> Received[CaseEvent]:  # fmt: skip
    case_id = case_id or UUID(str(uuid_utils.uuid7()))
    event = kind(
        case_id=case_id, root_id=case_id, version=version, before=None, after=facts(**changes), reasons=(),
        map_version=1, decided_at=NOW, audience=audience,
    )  # fmt: skip
    envelope = new_envelope("langnghe.routing", kind.ce_type(), causation=None, traceparent=new_trace())
    return Received(0, 0, envelope, event)


closed = CaseClosed


def recipient(id_: str, body: str, **changes: str) -> dict[str, str]:
    return {"id": id_, "body": body, "channel": "email", "address": f"{id_}@example.org", **changes}


@dataclass
class Notify:
    """The service's parts on a real database; `smtp` and `web` are ports on loopback."""

    database: Database
    smtp: int = 1
    web: int = 1
    window: timedelta = timedelta(0)
    flood_limit: int = 20
    attempts: int = 4
    lease_s: float = 30.0
    timeout_s: float = 2.0
    cache: RecipientCache = field(default_factory=RecipientCache)

    async def clean(self) -> None:
        await self.execute(
            "TRUNCATE recipients, notifications, deliveries, delivery_items, attempts, known_cases, "
            "known_warnings, outbox"
        )

    async def load(self, *rows: dict[str, str]) -> None:
        loaded = await load_recipients(self.database, rows)
        assert not loaded.refused, loaded

    async def plan(self, *events: Received[CaseEvent]) -> list[Verdict]:
        async with self.database.transaction() as tx:
            return list(await plan_cases(tx, events, self.cache))  # type: ignore[arg-type]

    async def compose(self) -> int:
        return await Composer(self.database, self.window, self.flood_limit).compose(digests=True)

    def dispatcher(self, **lanes: Lane) -> Dispatcher:
        email = EmailSender(
            EmailSettings("127.0.0.1", self.smtp, "none", "thong-bao@example.org", self.timeout_s)
        )
        webhook = WebhookSender(KEY, allowed=[f"localhost:{self.web}"], timeout_s=self.timeout_s)
        return Dispatcher(
            self.database,
            {"email": Lane(email, 4), "webhook": Lane(webhook, 4), **lanes},
            ParcelMaker(UnitMap.empty, "http://127.0.0.1:1"),
            RetryPolicy(0.05, 0.1, self.attempts),
            timedelta(seconds=self.lease_s),
        )

    async def dispatch_until(self, done: Callable[[], Any], *dispatchers: Dispatcher) -> None:
        """Run dispatchers until the awaited condition holds, within twenty seconds."""
        tasks = [asyncio.create_task(d.run()) for d in dispatchers or (self.dispatcher(),)]
        try:
            async with asyncio.timeout(20):
                while not await done():
                    await asyncio.sleep(0.02)
        finally:
            for task in tasks:
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*tasks, return_exceptions=True)

    async def settled(self) -> bool:
        open_ = "SELECT count(*) FROM deliveries WHERE state IN ('ready', 'sending')"
        return await self.value(open_) == 0

    async def execute(self, sql: str, *values: Any) -> None:
        async with self.database.connection() as connection:
            await connection.execute(sql, *values)

    async def value(self, sql: str, *values: Any) -> Any:
        async with self.database.connection() as connection:
            return await connection.fetchval(sql, *values)

    async def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        async with self.database.connection() as connection:
            return [tuple(row) for row in await connection.fetch(sql, *values)]


@dataclass
class Receiver:
    """A webhook receiver on loopback that keeps what it was sent and answers with the given bytes.

    `drip`: after the answer, a byte of body every twentieth of a second, for ever."""

    answers: list[bytes] = field(default_factory=lambda: [b"HTTP/1.1 204 No Content\r\n\r\n"])
    drip: bool = False
    hang: bool = False
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0

    async def listen(self) -> asyncio.Server:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        return server

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            headers = {k.lower(): v.strip() for k, v in (h.split(":", 1) for h in head[1:] if h)}
            body = await reader.readexactly(int(headers.get("content-length", "0")))
            self.requests.append((head[0], headers, body))
            if self.hang:
                await asyncio.sleep(3600)
            writer.write(self.answers.pop(0) if len(self.answers) > 1 else self.answers[0])
            await writer.drain()
            while self.drip:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.05)
        writer.close()
