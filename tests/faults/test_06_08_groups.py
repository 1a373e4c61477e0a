"""Faults 6 and 8: members of a group freeze, thaw, join and die, also in the middle of a transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from tests.faults.crowd import crowding
from tests.faults.town import PATIENCE_S, Town
from tests.support import eventually

pytestmark = pytest.mark.faults

GROUPS = ("routing", "aggregation", "notify")
WAITING = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = $1::text::regclass"


async def test_06_zombies_are_fenced(town: Town) -> None:
    """Frozen beyond their session, replaced, then thawed: they go on as if nothing were, and may not."""
    async with crowding(town) as crowd:
        for service in GROUPS:
            town.running.freeze(service)
            town.start(service, member=f"heir of {service}")
        ids = await town.report(60)
        await _done_by_heirs(town, ids)
        for service in GROUPS:
            town.running.thaw(service)
        more = await town.report(60)
        await town.settled(more)
    await town.sound()
    await town.taken(ids + more)
    await crowd.kept()


@pytest.mark.parametrize(
    "end",
    [
        "killed",
        pytest.param("frozen", marks=pytest.mark.slow),
        pytest.param("stopped", marks=pytest.mark.slow),
    ],
)
async def test_08_a_rebalance_of_three_members_in_mid_transaction(town: Town, end: str) -> None:
    """Routing's transaction waits for a lock when two more join; its process ends, or freezes, just then."""
    async with _locked(town, "routing.cases"):
        ids = await town.report(60)
        await eventually(lambda: _waits(town), deadline_s=PATIENCE_S, what="a batch to wait for the lock")
        urls = [town.start("routing", member=f"member {n}") for n in (2, 3)]
        if end == "killed":
            town.running.kill("routing")
        elif end == "frozen":
            town.running.freeze("routing")
        else:
            town.running.processes["routing"].terminate()
        more = await town.report(60)
    for url in urls:
        await town.up(url)
    if end == "frozen":
        await _done_by_heirs(town, ids + more)
        town.running.thaw("routing")
    await town.settled(more)
    await town.sound()
    await town.taken(ids + more)


@asynccontextmanager
async def _locked(town: Town, table: str) -> AsyncIterator[None]:
    """Nobody can write the table during the block."""
    holder = await asyncpg.connect(town.installation.admin_dsn)
    try:
        async with holder.transaction():
            await holder.execute(f"LOCK TABLE {table} IN SHARE MODE")
            yield
    finally:
        await holder.close()


async def _waits(town: Town) -> bool:
    return bool(await town.value(WAITING, "routing.cases"))


async def _done_by_heirs(town: Town, ids: list[str]) -> None:
    """Wait until these are counted, which only the new members can have done."""

    async def look() -> bool:
        return bool(
            await town.value(
                "SELECT count(*) = cardinality($1::text[]) FROM intake.submissions AS s "
                "JOIN aggregation.counted_cases AS c ON c.case_id = s.report_id "
                "WHERE s.submission_key = ANY ($1::text[])",
                ids,
            )
        )

    await eventually(look, deadline_s=PATIENCE_S, what="the heirs to do it")
