"""A whole town to do faults to: all four services on an installation of their own, with a mailbox.

Reports carry canaries, so that every `sound()` also says that nothing personal got out.
"""

import subprocess
import sys
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import asyncpg
import httpx2
import psutil

from deploy.cli.checker import Planted, Report, check
from deploy.cli.quiet import quiet
from deploy.local.installation import Installation
from deploy.local.ports import free_ports
from services.routing.map.seed import unit_map
from shared.migrations import SERVICES
from tests.e2e.world import World
from tests.integration.intake.support import body, fresh_id, headers, send
from tests.support import Running, eventually

CANARIES = ("Nguyễn Văn Canary", "Canary", "0900 000 145", "0900000145")
TEXT = "Tôi là Nguyễn Văn Canary, số điện thoại 0900 000 145. Đường vỡ ở Phường Quế Võ, lần {n}"
COMMUNE = "Quế Võ"
CONTACT = {"contact": {"name": "Nguyễn Văn Canary", "phone": "0900000145"}, "consent": True}
SESSION_S = 4
PATIENCE_S = 240
"""Longer than anything here takes on a busy machine."""
_COMMON = {"SESSION_TIMEOUT_S": str(SESSION_S)}
_OWN = {
    "notify": {
        "DIGEST_S": "0.5",
        "LEASE_S": "3",
        "SMTP_TIMEOUT_S": "2",
        "WEBHOOK_TIMEOUT_S": "2",
        "RETRY_BASE_S": "0.5",
        "RETRY_CAP_S": "1",
        "MAX_ATTEMPTS": "100",
    },
    "aggregation": {"WARN_EVERY_S": "1"},
}


class Town(World):
    """A world whose services run. `proved` is True after a `sound()` that nothing was sent after."""

    def __init__(self, installation: Installation) -> None:
        super().__init__(installation, Running(installation))
        self.proved = False
        self._smtp, self._http = free_ports(2)

    # processes -------------------------------------------------------------------------------------------

    async def open(self) -> None:
        """Everything that must be there before the first report, and the four services."""
        await self.prepare()
        arguments = ("--smtp-port", str(self._smtp), "--http-port", str(self._http))
        folder = ("--folder", str(self.installation.folder / "mail"))
        program = (sys.executable, "-m", "deploy.local.mailbox", *arguments, *folder)
        with self.running.log("mailbox").open("ab") as log:
            mailbox = subprocess.Popen(program, stdout=log, stderr=log)
        self.running.processes["mailbox"] = mailbox
        await self.whole()

    def start(self, service: str, *, failpoint: str = "", member: str = "", **settings: Any) -> str:
        """Start a service; `member` names a further one, on a port of its own. Returns where it listens."""
        chosen = {**_COMMON, **_OWN.get(service, {}), **settings}
        if service == "notify":
            chosen["SMTP_PORT"] = str(self._smtp)
        port = self.installation.ports()[service]
        if member:
            (port,) = free_ports(1)
        chosen["PORT"] = str(port)
        env = {f"LANGNGHE_{service.upper()}_{name}": str(value) for name, value in chosen.items()}
        self.running.start(service, failpoint=failpoint, env=env, name=member)
        return f"http://127.0.0.1:{port}"

    def stop(self, *services: str) -> None:
        """SIGTERM to all of them, then wait for their ends."""
        for service in services:
            self.running.processes[service].terminate()
        for service in services:
            self.running.processes[service].wait(30)

    async def up(self, url: str, *, deadline_s: float = PATIENCE_S) -> None:
        """Wait until a member is ready."""

        async def look() -> bool:
            async with httpx2.AsyncClient(timeout=5) as client:
                try:
                    return (await client.get(f"{url}/readyz")).status_code == 200
                except httpx2.TransportError:
                    return False

        await eventually(look, deadline_s=deadline_s, what=f"{url} ready")

    async def dies_and_lives_again(self, service: str, *, deadline_s: float = PATIENCE_S) -> None:
        """Wait until the service has died at its fail point, then start it anew."""
        await self.running.died(service, deadline_s=deadline_s)
        self.start(service)

    async def whole(self) -> None:
        """Thaw what is frozen, end the guests, start what is dead, and wait until all are ready."""
        for name, process in list(self.running.processes.items()):
            if process.poll() is None:
                self.running.thaw(name)
                if name not in (*SERVICES, "mailbox"):
                    self.running.stop(name)
        for service in SERVICES:
            there = self.running.processes.get(service)
            if there is None or there.poll() is not None:
                self.start(service)
        await self.running.ready(*SERVICES, deadline_s=PATIENCE_S)

    def cpu_s(self, service: str) -> float:
        """Seconds of CPU that the service's process has used."""
        times = psutil.Process(self.running.processes[service].pid).cpu_times()
        return float(times.user + times.system)

    def rss_mb(self, service: str) -> float:
        """Memory of the service's process that is resident, in MB."""
        return float(psutil.Process(self.running.processes[service].pid).memory_info().rss) / 1e6

    def bodies(self) -> list[tuple[str, str]]:
        """Also those of the commune that the crowd and `report` tell of."""
        day, units = date(2026, 10, 1), unit_map()
        (commune,) = (u for u in units.units(day, "commune") if u.name == COMMUNE)
        return [*super().bodies(), ("front", f"mttq@{commune.id}"), ("office", f"ubnd@{commune.id}")]

    # what goes in ----------------------------------------------------------------------------------------

    async def report(self, count: int, **more: Any) -> list[str]:
        """Signed records with canaries on `reports.submitted`; returns the source's ids."""
        self.proved = False
        ids = [fresh_id() for _ in range(count)]
        payloads = [body(TEXT.format(n=n), **CONTACT, **more) for n in range(count)]
        await send(self.installation, [(p, headers(id_, p)) for id_, p in zip(ids, payloads, strict=True)])
        return ids

    async def as_admin(self, statements: str) -> None:
        """Do to the database what no service may."""
        admin = await asyncpg.connect(self.installation.admin_dsn)
        try:
            await admin.execute(statements)
        finally:
            await admin.close()

    # what came of it -------------------------------------------------------------------------------------

    async def mails(self) -> int:
        """How many messages the mailbox has taken."""
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{self._http}") as client:
            return int((await client.get("/count")).json()["count"])

    async def quiet(self, deadline_s: float = PATIENCE_S) -> None:
        """Wait until nothing is on its way, mail included."""
        await quiet(self.installation.dsn("reader"), self.installation.bootstrap, deadline_s=deadline_s)

    async def check(self, canaries: Sequence[str] = CANARIES) -> Report:
        """Ask the checker, with every canary, log and metric."""
        metrics = {}
        async with httpx2.AsyncClient(timeout=10) as client:
            for service in SERVICES:
                metrics[service] = (await client.get(f"{self.running.url(service)}/metrics")).text
        planted = Planted(list(canaries), self.installation.folder, metrics)
        return await check(self.installation.dsn("reader"), self.installation.bootstrap, planted=planted)

    async def sound(self, canaries: Sequence[str] = CANARIES) -> None:
        """All services run and are ready, all is quiet, and every invariant was checked and holds."""
        await self.whole()
        await self.quiet()
        report = await self.check(canaries)
        assert set(report.verdicts.values()) == {True}, report.as_json()
        await self.unaltered()
        self.proved = True

    async def taken(self, ids: Iterable[str]) -> None:
        """Each of these submissions became one report, one case and one count."""
        wanted = list(ids)
        (row,) = await self.rows(_TAKEN, wanted)
        assert list(row) == [len(wanted)] * 4, dict(row)

    async def letters(self, service: str) -> int:
        """How many dead letters a service keeps."""
        return int(await self.value(f"SELECT count(*) FROM {service}.dead_letters"))

    async def settled(self, ids: Sequence[str], *, deadline_s: float = PATIENCE_S) -> None:
        """Wait until intake has taken all of these."""

        async def look() -> bool:
            return bool(await self.value(_ALL_IN, list(ids)))

        await eventually(look, deadline_s=deadline_s, what="the submissions to be taken")


_TAKEN = """
SELECT count(*) AS submissions, count(r.report_id) AS reports, count(c.case_id) AS cases,
    count(a.case_id) AS counted
FROM intake.submissions AS s LEFT JOIN intake.reports AS r USING (report_id)
LEFT JOIN routing.cases AS c ON c.case_id = s.report_id
LEFT JOIN aggregation.counted_cases AS a ON a.case_id = s.report_id
WHERE s.submission_key = ANY ($1::text[])
"""
_ALL_IN = """
SELECT count(*) = cardinality($1::text[]) FROM intake.submissions WHERE submission_key = ANY ($1::text[])
"""
