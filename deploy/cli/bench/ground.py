"""What every benchmark stands on: servers, an installation with map, source and recipients, and processes.

All of it is in a temporary folder and gone afterwards. Services run with the settings that they have
anywhere but two: a flood of urgent messages collapses after the first, and cases are not compared with each
other, since delivery and linking are measured apart.
Durability is asserted on before anything is measured.
"""

import base64
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import asyncpg

from deploy.cli.bench.samples import KEY, KEY_ID, SOURCE, TOKEN
from deploy.cli.bench.waiting import until
from deploy.cli.demo.recipients import mail_recipients
from deploy.local.installation import Installation, Launch
from deploy.local.ports import free_ports
from deploy.local.stack import Stack
from deploy.local.supervisor import Supervisor
from services.intake.domain.sealing import KekRing
from services.intake.use_cases.register_sources import Registration, register_sources
from services.notify.use_cases.load_recipients import load_recipients
from services.routing import rules
from services.routing.domain.calendar import local_date
from services.routing.map.seed import unit_map
from services.routing.use_cases.load_map import load_map
from shared.database import Connection, Database

SERVICES = ("intake", "routing", "aggregation", "notify")
MAILBOX = "mailbox"
_DURABLE = ("fsync", "synchronous_commit", "full_page_writes")
_HOME = "24"


class NotDurable(AssertionError):
    """A setting trades durability for speed: what would be measured is not what is promised."""


@dataclass(frozen=True, slots=True)
class Ground:
    """A prepared installation; its processes are started by the one who measures."""

    installation: Installation
    stack: Stack
    services: Supervisor
    urls: Mapping[str, str]

    @property
    def home(self) -> str:
        """The home province's official code."""
        return _HOME

    @property
    def bootstrap(self) -> str:
        """Kafka's bootstrap servers."""
        return self.installation.bootstrap

    @asynccontextmanager
    async def admin(self) -> AsyncIterator[Connection]:
        """A superuser's connection to the installation's database."""
        connection = await asyncpg.connect(self.installation.admin_dsn)
        try:
            yield connection
        finally:
            await connection.close()

    @asynccontextmanager
    async def database(self, service: str) -> AsyncIterator[Database]:
        """A service's database, opened by its own role."""
        database = Database(self.installation.dsn(service), service)
        await database.open()
        try:
            yield database
        finally:
            await database.close()

    def pids(self) -> dict[str, int]:
        """Every process that has a part in the work, by name."""
        servers = {"kafka": self.stack.kafka.pid, "postgres": self.stack.postgres.pid}
        return {**self.services.pids(), **{name: pid for name, pid in servers.items() if pid}}

    def start(self, *services: str) -> None:
        """Start these services and wait until each is ready."""
        self.services.start(*services)
        self.services.wait_ready(120, *services)


@asynccontextmanager
async def ground(settings: Mapping[str, str] | None = None) -> AsyncIterator[Ground]:
    """Servers up, map, source and recipients loaded. `settings` are PostgreSQL's, beyond the usual."""
    with _folder() as folder:
        stack = Stack(folder / "stack", die_with_parent=True)
        stack.postgres.settings.update(settings or {})
        try:
            info = stack.up()
            installation = Installation(folder, info.admin_dsn, info.bootstrap)
            installation.prepare()
            launches = _launches(installation, folder)
            with Supervisor(launches, folder / "logs") as services:
                made = Ground(installation, stack, services, {launch.name: launch.url for launch in launches})
                await _assert_durable(made)
                await _furnish(made)
                await _announce_map(made)
                services.start(MAILBOX)
                yield made
        finally:
            stack.down()


@contextmanager
def _folder() -> Iterator[Path]:
    """Not one that only root may read: PostgreSQL started by root runs as another user."""
    folder = Path(tempfile.mkdtemp(prefix="langnghe-bench-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _launches(installation: Installation, folder: Path) -> list[Launch]:
    smtp, http = free_ports(2)
    ports = (f"--smtp-port={smtp}", f"--http-port={http}")
    argv = (sys.executable, "-m", "deploy.local.mailbox", *ports, f"--folder={folder}/mails")
    notify = {"LANGNGHE_NOTIFY_SMTP_PORT": str(smtp), "LANGNGHE_NOTIFY_FLOOD_LIMIT": "1"}
    routing = {"LANGNGHE_ROUTING_LINK_EVERY_S": "0"}
    launches = installation.launches({"notify": notify, "routing": routing})
    return [*launches, Launch(MAILBOX, argv, dict(os.environ), f"http://127.0.0.1:{http}")]


async def _assert_durable(made: Ground) -> None:
    async with made.admin() as connection:
        for name in _DURABLE:
            value = await connection.fetchval(f"SHOW {name}")
            if value != "on":
                raise NotDurable(f"{name} is {value}")


async def _furnish(made: Ground) -> None:
    async with made.database("routing") as database:
        await load_map(database)
    async with made.database("intake") as database, database.transaction() as tx:
        kek = base64.b64decode(made.installation.secret("kek"))
        registration = Registration(SOURCE, "Nguồn đo", {KEY_ID: KEY}, TOKEN)
        await register_sources(tx, KekRing({"kek-1": kek}, "kek-1"), [registration])
    async with made.database("notify") as database:
        today = local_date(datetime.now(UTC))
        rows = mail_recipients(unit_map(), rules.standard(), _HOME, today)
        loaded = await load_recipients(database, list(rows))
        assert not loaded.refused, loaded


async def _announce_map(made: Ground) -> None:
    """Routing hands the map on; without it no other service gets ready."""
    made.start("routing")
    async with made.admin() as connection:

        async def handed_on() -> bool:
            return not await connection.fetchval("SELECT count(*) FROM routing.outbox")

        await until(handed_on, deadline_s=60, what="the map to be announced")
    made.services.stop("routing")
