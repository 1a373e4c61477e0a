"""Timers on the real tables: taken once, on the record, announced; held back where there are too many."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import orjson
import pytest

from deploy.local.installation import Installation
from services.routing.store import commands, timers
from services.routing.use_cases import escalate as use_case
from services.routing.use_cases.escalate import Escalator, Overdue, escalate
from services.routing.use_cases.verify import verify_all
from shared.database import Connection, Database
from tests.integration.routing.support import apply, report, rows, value, withdrawn
from tests.unit.routing.ground import basis

DAY = timedelta(days=1)
LIMIT = basis().rules.escalation.calls_per_hour
HISTORY = "SELECT kind FROM case_decisions WHERE case_id = $1 ORDER BY version"


@pytest.fixture(autouse=True)
async def empty(mapped: Installation) -> AsyncIterator[None]:
    yield
    admin = await asyncpg.connect(mapped.admin_dsn, server_settings={"search_path": "routing"})
    await admin.execute("TRUNCATE cases, case_decisions, case_texts, reached, calls, outbox")
    await admin.close()


def ago(days: float) -> dict[str, Any]:
    """A report that came in so many days before now."""
    at = datetime.now(UTC) - timedelta(days=days)
    return {"submitted_at": at, "received_at": at, "report_date": at.date()}


async def opened(database: Database, count: int, days: float, *, reached: bool = True) -> list[UUID]:
    """Cases of that age, which have or have not reached their owners."""
    made = [report(f"Rác ở phường Vũ Ninh không ai thu gom, lần {n}", **ago(days)) for n in range(count)]
    await apply(database, *made)
    ids = [one.report_id for one in made]
    if reached:
        async with database.transaction() as tx:
            owners = await tx.fetch(
                "SELECT case_id, unnest(ARRAY[listening_owner, resolving_owner]) AS body, received_at"
                " FROM cases WHERE case_id = ANY ($1::uuid[])",
                ids,
            )
            await commands.mark_reached(
                tx, [(r["case_id"], r["body"], "email", r["received_at"]) for r in owners]
            )
    return ids


async def work(database: Database, times: int = 1) -> None:
    for _ in range(times):
        async with database.transaction() as tx:
            await escalate(tx, basis(), 200)


async def kinds(installation: Installation, case_id: UUID) -> list[str]:
    return [kind for (kind,) in await rows(installation, HISTORY, case_id)]


async def test_an_overdue_case_rises_once_and_says_so(installation: Installation, database: Database) -> None:
    (case_id,) = await opened(database, 1, 40)
    await work(database, 3)
    assert await kinds(installation, case_id) == ["Opened", "Escalated"]
    level, resolving, settle_by, received, look_at = (
        await rows(
            installation,
            "SELECT level, resolving_owner, settle_by, received_at, look_at FROM cases WHERE case_id = $1",
            case_id,
        )
    )[0]
    assert (level, resolving.partition("@")[0]) == ("province", "so_nnmt")
    assert settle_by - received < 20 * DAY, "the clock is what it was"
    assert look_at is None, "nothing is left to be done"
    sent = await rows(installation, "SELECT payload FROM outbox ORDER BY id")
    event = orjson.loads(sent[-1][0])
    assert event["told"][0] == resolving
    assert set(event["told"]) <= set(event["audience"])
    assert event["reasons"][0]["rule"].startswith("escalation.")
    async with database.connection() as connection:
        assert (await verify_all(connection)).holds


async def test_a_young_case_is_left_alone_until_its_time(
    installation: Installation, database: Database
) -> None:
    (case_id,) = await opened(database, 1, 0)
    await work(database)
    assert await kinds(installation, case_id) == ["Opened"]
    assert await value(installation, "SELECT look_at > now() FROM cases WHERE case_id = $1", case_id)


async def test_who_was_never_reached_is_passed_over_only_a_day_after_the_deadline(
    installation: Installation, database: Database
) -> None:
    (case_id,) = await opened(database, 1, 40, reached=False)
    await work(database, 2)
    assert await kinds(installation, case_id) == ["Opened", "Escalated"]
    stored = await value(
        installation, "SELECT reasons FROM case_decisions WHERE case_id = $1 AND version = 2", case_id
    )
    assert "escalation.chua-den-duoc" in [reason["rule"] for reason in orjson.loads(stored)]


async def test_an_ended_case_is_looked_at_no_more(installation: Installation, database: Database) -> None:
    (case_id,) = await opened(database, 1, 40)
    await apply(database, withdrawn(case_id))
    await work(database)
    assert await kinds(installation, case_id) == ["Opened", "Withdrawn"]
    assert await value(installation, "SELECT look_at IS NULL FROM cases WHERE case_id = $1", case_id)


async def test_of_many_a_body_gets_so_many_an_hour_and_the_rest_waits_for_the_next(
    installation: Installation, database: Database
) -> None:
    await opened(database, LIMIT + 15, 40)
    await work(database, 3)
    risen = "SELECT count(*) FROM case_decisions WHERE kind = 'Escalated'"
    assert await value(installation, risen) == LIMIT
    assert await rows(installation, "SELECT sent, held FROM calls") == [(LIMIT, 15)]
    waiting = "SELECT count(*) FROM cases WHERE look_at = date_trunc('hour', now()) + interval '1 hour'"
    assert await value(installation, waiting) == 15
    told = await rows(installation, "SELECT reasons FROM case_decisions WHERE kind = 'Escalated'")
    more = [
        r for (stored,) in told for r in orjson.loads(stored) if r["rule"] == "escalation.con-nhieu-ho-so"
    ]
    assert [reason["words"] for reason in more] == [["15"]]
    gauge = Overdue(database)
    await gauge()
    async with database.transaction() as tx:
        assert (await timers.state(tx)).held == 15
        # The next hour has come.
        await tx.execute("UPDATE calls SET hour = hour - interval '1 hour'")
        await tx.execute("UPDATE cases SET look_at = now() WHERE look_at IS NOT NULL")
    await work(database, 2)
    assert await value(installation, risen) == LIMIT + 15


async def test_two_processes_take_each_step_once(installation: Installation, database: Database) -> None:
    ids = await opened(database, 8, 40)

    class Holder:
        made = basis()

    await asyncio.gather(*(Escalator(database, Holder())() for _ in range(3)))  # type: ignore[arg-type]
    for case_id in ids:
        assert await kinds(installation, case_id) == ["Opened", "Escalated"]


async def test_one_case_that_breaks_stops_nobody_else(
    installation: Installation, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await opened(database, 3, 40)
    act = use_case.act

    def broken(case: Any, *rest: Any) -> Any:
        if case.case_id == ids[1]:
            raise LookupError("no competence")
        return act(case, *rest)

    monkeypatch.setattr(use_case, "act", broken)
    await work(database)
    assert [len(await kinds(installation, i)) for i in ids] == [2, 1, 2]
    again = "SELECT look_at > now() + interval '50 minutes' FROM cases WHERE case_id = $1"
    assert await value(installation, again, ids[1])


async def test_other_steps_have_every_running_case_looked_at_again(
    installation: Installation, database: Database
) -> None:
    ids = await opened(database, 3, 0)
    async with database.transaction() as tx:
        before: Connection = tx
        assert await timers.arm(before, "other rules")
        assert not await timers.arm(before, "other rules")
        last = await timers.look_again(tx, UUID(int=0), 2)
        assert last == ids[1]
        assert await timers.look_again(tx, last, 2) == ids[2]
        assert await timers.look_again(tx, ids[2], 2) is None
        assert sorted(await timers.due(tx, 10)) == ids


async def test_what_was_suspended_before_anybody_was_reminded_of_it_is_looked_at_too(
    installation: Installation, database: Database
) -> None:
    (case_id,) = await opened(database, 1, 0)
    async with database.connection() as connection:
        undone = connection.transaction()
        await undone.start()
        await connection.execute(
            "UPDATE cases SET state = 'suspended', look_at = NULL WHERE case_id = $1", case_id
        )
        assert await timers.look_again(connection, UUID(int=0), 1_000)
        assert case_id in await timers.due(connection, 1_000)
        await undone.rollback()
