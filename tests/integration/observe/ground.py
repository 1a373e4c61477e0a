"""The four services with a mailbox, for tests of what an operator sees; and records with a chosen trace."""

import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from deploy.local.installation import Installation
from deploy.local.mailbox import Mailbox
from services.routing.map.seed import unit_map
from tests.e2e.world import World
from tests.integration.intake import support
from tests.support import Running, eventually

SERVICES = ("intake", "routing", "aggregation", "notify")
NOTIFY = {"DIGEST_S": "1", "RETRY_BASE_S": "0.2", "RETRY_CAP_S": "1"}


@dataclass
class Town:
    """Everything runs; mail goes to `mailbox`."""

    world: World
    mailbox: Mailbox

    @property
    def installation(self) -> Installation:
        return self.world.installation

    def report(self, **more: Any) -> bytes:
        """A body that is routed to the commune whose Front has a recipient."""
        commune = self.world.bodies()[2][1].split("@")[1]
        unit = unit_map().unit(commune, date(2026, 10, 1))
        assert unit is not None
        return support.body("Đèn đường hỏng đã một tuần", reporter_unit=unit.code, **more)

    async def send(self, payload: bytes | None, trace: str, *, id_: str = "", **forged: Any) -> None:
        """One signed record of this trace; `forged` goes to what signs it."""
        headers = support.headers(id_ or support.fresh_id(), payload or b"", **forged)
        traced = [(name, trace.encode() if name == "traceparent" else value) for name, value in headers]
        await support.send(self.installation, [(payload, traced)])

    async def delivered(self, count: int = 1) -> None:
        """Wait until so many notifications have reached somebody, and their events are in Kafka."""

        async def look() -> bool:
            sql = "SELECT count(*) FROM notify.notifications WHERE state = 'delivered'"
            left = await self.world.value("SELECT count(*) FROM notify.outbox")
            return await self.world.value(sql) >= count and not left

        await eventually(look, deadline_s=90, what=f"{count} notifications delivered")

    def log(self, service: str, event: str) -> list[dict[str, Any]]:
        """The lines of a service's log with this event."""
        lines = self.world.running.log(service).read_text(encoding="utf-8").splitlines()
        return [line for line in map(json.loads, lines) if line["event"] == event]

    async def logged(self, service: str, event: str, **fields: Any) -> dict[str, Any]:
        """Wait for a line with these fields."""

        async def look() -> Sequence[dict[str, Any]]:
            return [line for line in self.log(service, event) if fields.items() <= line.items()]

        return (await eventually(look, deadline_s=60, what=f"{service} to log {event} {fields}"))[0]


@asynccontextmanager
async def a_town(installation: Installation, running: Running, folder: Path) -> AsyncIterator[Town]:
    """Started and ready, with the map loaded."""
    mailbox = Mailbox(folder / "mail")
    env = {**NOTIFY, "SMTP_PORT": str(await mailbox.listen())}
    world = World(installation, running)
    try:
        await world.prepare()
        running.start_all(SERVICES[:-1])
        running.start("notify", env={f"LANGNGHE_NOTIFY_{name}": value for name, value in env.items()})
        await running.ready(*SERVICES, deadline_s=120)
        yield Town(world, mailbox)
    finally:
        mailbox.close()
