"""What happens in the demo, in order, once the servers run: prepare, submit, wait, check, sum up."""

import asyncio
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

import asyncpg
import httpx2
from rich.console import Console

from deploy.cli.checker import Planted, Report, check
from deploy.cli.demo import faulty, prepare
from deploy.cli.demo.doors import Doors, Ledger
from deploy.cli.demo.invented import Commune, Invention
from deploy.cli.demo.posts import Programme
from deploy.cli.demo.progress import shown
from deploy.cli.demo.samples import sample_posts
from deploy.cli.demo.stage import Stage
from deploy.cli.demo.summary import Summary, summarise
from deploy.cli.lag import read_logs
from deploy.cli.quiet import quiet
from shared.local_time import LOCAL
from shared.migrations import SERVICES
from shared.units import UnitMap, full_name

_QUIET_S = 120.0
_WARNING_S = 20.0
_LOOK_S = 0.1
_CHECKS = 5
_WARNED = "SELECT count(*) FROM aggregation.warnings AS w WHERE w.unit = $1"


class Play:
    """One run over a stage whose programs are starting; `run` returns the summary."""

    def __init__(self, stage: Stage, console: Console) -> None:
        self._stage = stage
        self._console = console

    async def run(self) -> Summary:
        """Raises TimeoutError or ServerError where something does not come to rest or to life."""
        units = await self._prepare()
        programme, invention = _programme(units)
        flooded = units.by_code(invention.flooded.code, prepare.today(), "commune")
        assert flooded is not None
        _announce(self._console, programme)
        ledger = await self._submit(programme, flooded.id)
        report = await self._check(programme.secrets)
        return await summarise(self._stage, units, programme, ledger, report)

    async def _prepare(self) -> UnitMap:
        stage = self._stage
        with _step(self._console, "The map of the country, sources, recipients"):
            units = await prepare.prepare_map(stage.installation)
            await prepare.register(stage.installation)
            mailboxes = await prepare.load_mailboxes(
                stage.installation, units, f"{stage.urls['webhooks']}/hooks"
            )
        self._console.print(f"    {mailboxes:,} recipients: a mailbox for every body that can own a case")
        with _step(self._console, "Four services ready"):
            await asyncio.to_thread(stage.supervisor.wait_ready, 90.0)
        return units

    async def _submit(self, programme: Programme, flooded: str) -> Ledger:
        stage = self._stage
        accepted = sum(post.expected == "accepted" for post in programme.everything)
        async with (
            Doors(stage.urls["intake"], stage.bootstrap) as doors,
            shown(self._console, stage.reader_dsn, accepted),
        ):
            # The weeks before come first: else the downpour would be compared with nothing.
            await doors.submit(programme.baseline)
            await self._quiet()
            await doors.submit(programme.posts)
            await doors.submit(programme.repeats)
            await doors.misbehave(programme.requests, programme.records)
            await self._quiet()
            await self._warned(flooded)
            await self._quiet()
            return doors.ledger

    async def _quiet(self) -> None:
        await quiet(self._stage.reader_dsn, self._stage.bootstrap, deadline_s=_QUIET_S)

    async def _warned(self, unit: str) -> None:
        """Wait for the next look of the surge detector. The summary tells if it saw nothing."""
        reader = await asyncpg.connect(self._stage.reader_dsn)
        looks = int(_WARNING_S / _LOOK_S)
        try:
            for _ in range(looks):
                if await reader.fetchval(_WARNED, unit):
                    break
                await asyncio.sleep(_LOOK_S)
        finally:
            await reader.close()

    async def _check(self, canaries: Sequence[str]) -> Report:
        """Ask the checker; again where something moved while it looked, since it judges rest alone."""
        stage = self._stage
        with _step(self._console, "Invariants I1 to I10 checked in Kafka and PostgreSQL"):
            for _ in range(_CHECKS):
                before = await asyncio.to_thread(read_logs, stage.bootstrap)
                planted = Planted(canaries, stage.logs, await self._metrics())
                report = await check(stage.reader_dsn, stage.bootstrap, planted=planted)
                if await asyncio.to_thread(read_logs, stage.bootstrap) == before:
                    break
                await self._quiet()
        return report

    async def _metrics(self) -> dict[str, str]:
        async with httpx2.AsyncClient(timeout=10) as client:
            answers = [await client.get(f"{self._stage.urls[service]}/metrics") for service in SERVICES]
        return {service: answer.text for service, answer in zip(SERVICES, answers, strict=True)}


def _programme(units: UnitMap) -> tuple[Programme, Invention]:
    province = prepare.home_province(units)
    communes = units.units(prepare.today(), "commune", province.id)
    invention = Invention([Commune(unit.code, full_name(unit)) for unit in communes], datetime.now(LOCAL))
    posts = (*sample_posts(), *invention.surge(), *invention.observations(), *invention.canaries())
    contact = invention.refused_contact
    return Programme(
        baseline=tuple(invention.baseline()),
        posts=posts,
        repeats=(*faulty.repeats(posts), *faulty.bad_rows(contact)),
        requests=tuple(faulty.bad_requests(contact)),
        records=tuple(faulty.bad_records(contact)),
        secrets=invention.secrets,
    ), invention


def _announce(console: Console, programme: Programme) -> None:
    parts = Counter(post.part for post in programme.everything)
    bad = len(programme.requests) + len(programme.records) + parts["faulty"]
    console.print(
        f"  Submitting {parts['samples']} sample reports, {parts['observations']} observations,"
        f" {parts['surge']} reports of a downpour today, {parts['canaries']} with planted personal data,"
        f" {bad} that are repeated or wrong\n"
        f"  over HTTP, signed Kafka records and a sheet at once; before them {parts['baseline']} invented"
        " reports of the past four weeks,\n  the baseline of the surge warning (source history.example)."
    )


@contextmanager
def _step(console: Console, what: str) -> Iterator[None]:
    began = time.monotonic()
    with console.status(f"{what} ..."):
        yield
    console.print(f"  [green]✓[/] {what} [dim]{time.monotonic() - began:.1f} s[/]")
