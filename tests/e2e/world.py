"""A whole installation for end-to-end tests: the map, a source, recipients; sending; and the checker."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from deploy.cli.checker import Planted, Report, check
from deploy.cli.quiet import quiet
from deploy.local.installation import Installation
from services.notify.use_cases.load_recipients import load_recipients
from services.routing.map.seed import unit_map
from services.routing.use_cases.load_map import load_map
from services.routing.use_cases.verify import verify_all
from shared.database import Database
from tests.integration.intake import support
from tests.integration.intake.support import body, fresh_id, headers, send
from tests.support import Running

SAMPLES = Path(__file__).parents[2] / "deploy" / "cli" / "data" / "reports-vi.jsonl"


class World:
    """What a test of the whole asks for and looks at; the services are its `running`."""

    def __init__(self, installation: Installation, running: Running) -> None:
        self.installation = installation
        self.running = running

    async def prepare(self) -> None:
        """The map at routing, a registered source at intake, the province's Front at notify."""
        await self._with("routing", load_map)
        await support.register(self.installation)
        await self._with("notify", self._load_recipients)

    async def start(self) -> None:
        """Prepared, and all four services up and ready."""
        await self.prepare()
        self.running.start_all()
        await self.running.ready("intake", "routing", "aggregation", "notify")

    async def _load_recipients(self, database: Database) -> None:
        loaded = await load_recipients(
            database,
            [
                {"id": f"{n}", "body": b, "channel": "email", "address": f"{n}@example.org"}
                for n, b in self.bodies()
            ],
        )
        assert not loaded.refused, loaded

    def bodies(self) -> list[tuple[str, str]]:
        """The bodies that have a recipient: the province's and one commune's."""
        units = unit_map()
        day = date(2026, 10, 1)
        province = units.by_code("24", day, "province")
        commune = next(iter(units.units(day, "commune", province.id if province else None)))
        assert province is not None
        return [
            ("mttq-tinh", f"mttq@{province.id}"),
            ("thanh-tra", f"thanh_tra@{province.id}"),
            ("mttq-xa", f"mttq@{commune.id}"),
        ]

    async def submit(self, texts: Sequence[str], **more: Any) -> list[str]:
        """Signed records on `reports.submitted`; returns their ids."""
        ids = [fresh_id() for _ in texts]
        payloads = [body(text, **more) for text in texts]
        await send(
            self.installation,
            [(payload, headers(id_, payload)) for id_, payload in zip(ids, payloads, strict=True)],
        )
        return ids

    async def quiet(self, deadline_s: float = 60) -> None:
        """Wait until nothing is on its way; mail is not waited for, there is no mailbox."""
        unsent = frozenset({"planned notifications", "deliveries"})
        await quiet(
            self.installation.dsn("reader"),
            self.installation.bootstrap,
            deadline_s=deadline_s,
            but_for=unsent,
        )

    async def check(self, canaries: Sequence[str] = ()) -> Report:
        """Ask the checker; call it when all is quiet."""
        return await check(
            self.installation.dsn("reader"),
            self.installation.bootstrap,
            planted=Planted(list(canaries), self.installation.folder),
        )

    async def sound(self, canaries: Sequence[str] = ()) -> None:
        """Quiet, and no invariant is broken."""
        await self.quiet()
        report = await self.check(canaries)
        assert report.holds, report.as_json()
        await self.unaltered()

    async def unaltered(self) -> None:
        """Every decision is as it was sealed, and every case's row as its decisions left it."""
        connection = await asyncpg.connect(
            self.installation.dsn("reader"), server_settings={"search_path": "routing"}
        )
        try:
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                verdict = await verify_all(connection)
        finally:
            await connection.close()
        assert verdict.holds, (verdict.breaks, verdict.first_day)

    async def value(self, sql: str, *args: Any) -> Any:
        """One value, read by the role that sees everything and writes nothing."""
        rows = await self.rows(sql, *args)
        return rows[0][0] if rows else None

    async def rows(self, sql: str, *args: Any) -> list[asyncpg.Record]:
        """Rows, read by the same role."""
        connection = await asyncpg.connect(self.installation.dsn("reader"))
        try:
            return await connection.fetch(sql, *args)
        finally:
            await connection.close()

    async def _with(self, service: str, work: Any) -> Any:
        database = Database(self.installation.dsn(service), service)
        await database.open()
        try:
            return await work(database)
        finally:
            await database.close()


def samples(count: int | None = None) -> list[str]:
    """Texts of the sample corpus."""
    lines = SAMPLES.read_text(encoding="utf-8").splitlines()[:count]
    return [orjson.loads(line)["text"] for line in lines]
