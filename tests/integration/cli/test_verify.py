"""`langnghe verify` finds and names what is changed in the history by hand; erasing breaks nothing."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import asyncpg
import orjson
import pytest

from deploy.cli.place import database as opened
from deploy.local.installation import Installation
from services.routing.domain.calendar import local_date
from services.routing.use_cases.seal_days import seal_next
from shared.database import Database
from tests.e2e.world import samples
from tests.integration.cli.conftest import Command
from tests.integration.routing.support import apply, erased, report, withdrawn


@pytest.fixture
async def routing(installation: Installation) -> AsyncIterator[Database]:
    async with opened(installation, "routing") as database:
        yield database


@pytest.fixture
async def history(installation: Installation, routing: Database) -> AsyncIterator[list[UUID]]:
    """Four cases in order of ids, the second and third with two decisions, on a sealed day; then all gone."""
    made = [report(place_hint="chợ") for _ in range(4)]
    ids = [one.report_id for one in made]
    await apply(routing, *made, withdrawn(ids[1]))
    await apply(routing, withdrawn(ids[2]))
    await seal(routing, 1)
    yield ids
    await by_hand(
        installation, "TRUNCATE cases, case_decisions, case_texts, chain_roots, erased_reports, outbox"
    )


async def seal(routing: Database, days: int) -> None:
    """Seal as if so many days had passed since."""
    async with routing.transaction() as tx:
        now = await tx.fetchval("SELECT clock_timestamp()")
        while await seal_next(tx, now + timedelta(days=days, hours=2)):
            pass


async def by_hand(installation: Installation, sql: str, *values: object) -> None:
    """What only a superuser can do."""
    admin = await asyncpg.connect(installation.admin_dsn, server_settings={"search_path": "routing"})
    try:
        await admin.execute(sql, *values)
    finally:
        await admin.close()


async def test_what_nobody_touched_is_proved(langnghe: Command, history: list[UUID]) -> None:
    said = (await langnghe("verify", "--json")).json
    assert (said["holds"], said["cases"], said["decisions"], said["days"]) == (True, 4, 6, 1)
    assert (await langnghe("verify", history[1], "--json")).json["decisions"] == 2
    assert "everything holds" in (await langnghe("verify")).out
    assert "there is no case" in (await langnghe("verify", UUID(int=5), status=1)).err


async def test_whatever_people_write_is_proved(
    installation: Installation, langnghe: Command, history: list[UUID], routing: Database
) -> None:
    """Reports of the sample corpus, requests and observations, as intake announces them."""
    await by_hand(installation, "TRUNCATE chain_roots")
    seen = {"group": "nhan_dan", "stance": "ban_khoan", "breadth": "nhieu", "people": 40}
    observed = {
        "purpose": "observation",
        "organisation": "phu_nu",
        "observation": seen,
        "channel": "collaborator",
    }
    texts = samples(150)
    made = [report(text, **(observed if n % 5 == 0 else {})) for n, text in enumerate(texts)]
    await apply(routing, *made, *(withdrawn(one.report_id) for one in made[::7]))
    said = (await langnghe("verify", "--json")).json
    assert said["holds"], said["breaks"]
    assert said["cases"] >= len(history) + len(made)


async def test_erasing_a_reporter_keeps_the_chain_whole(
    langnghe: Command, history: list[UUID], routing: Database
) -> None:
    await apply(routing, erased(history[0]), erased(history[2]))
    said = (await langnghe("verify", "--json")).json
    assert (said["holds"], said["erased"]) == (True, 2)


def decision(change: str, version: int) -> str:
    return f"UPDATE case_decisions SET {change} WHERE case_id = $1 AND version = {version}"


def inside(column: str, was: str, now: str) -> str:
    """Another word in a column of JSON bytes."""
    return f"{column} = convert_to(replace(convert_from({column}, 'UTF8'), '{was}', '{now}'), 'UTF8')"


TAMPERED = {
    "a decision's kind": (decision("kind = 'Closed'", 2), 2, "link"),
    "a decision's instant": (decision("decided_at = decided_at - interval '1 h'", 2), 2, "link"),
    "a rule that decided": (decision(inside("reasons", "case.rut-don", "case.khac"), 2), 2, "link"),
    "a rule that opened": (decision(inside("reasons", "topic.", "x."), 1), 1, "opening"),
    "a change": (decision(inside("changes", "withdrawn", "closed"), 2), 2, "link"),
    "a decision deleted": (
        "DELETE FROM case_decisions WHERE case_id = $1 AND version = 1",
        1,
        "decision_gone",
    ),
    "the last one deleted": (
        "DELETE FROM case_decisions WHERE case_id = $1 AND version = 2",
        2,
        "decision_gone",
    ),
    "the case's row deleted": ("DELETE FROM cases WHERE case_id = $1", 2, "case_gone"),
    "the case's state": ("UPDATE cases SET state = 'opened' WHERE case_id = $1", 2, "field"),
    "the case's owner": (
        "UPDATE cases SET resolving_owner = 'ubnd@u0000001' WHERE case_id = $1",
        1,
        "opening",
    ),
    "the text": ("UPDATE case_texts SET text = 'khác' WHERE case_id = $1", 1, "text"),
    "the coordinates": ("UPDATE case_texts SET latitude = 21, longitude = 106 WHERE case_id = $1", 1, "text"),
    "the text, its words and salt": (
        """
WITH gone AS (DELETE FROM case_texts WHERE case_id = $1)
UPDATE case_decisions SET salt = NULL, reasons = convert_to((
    SELECT jsonb_agg(jsonb_set(reason, '{words}', '[]'))::text
    FROM jsonb_array_elements(convert_from(reasons, 'UTF8')::jsonb) AS reason), 'UTF8')
WHERE case_id = $1
""",
        1,
        "text",
    ),
    "the text deleted": ("DELETE FROM case_texts WHERE case_id = $1", 1, "text"),
    "links made empty": ("UPDATE case_decisions SET link = '' WHERE case_id = $1", 2, "head"),
}
"""What is done to the second case, the version that is named, and what is said of it."""


@pytest.mark.parametrize("what", TAMPERED)
async def test_what_is_changed_by_hand_is_named(
    installation: Installation, langnghe: Command, history: list[UUID], what: str
) -> None:
    sql, version, fault = TAMPERED[what]
    await by_hand(installation, sql, history[1])
    said = (await langnghe("verify", "--json", status=1)).json
    found = said["breaks"][0]
    assert (found["case"], found["version"], found["fault"]) == (str(history[1]), version, fault)
    assert said["broken"] == 1
    if what == "a change":
        assert found["field"] == "state"
    assert str(history[1]) in (await langnghe("verify", status=1)).out
    one = await langnghe("verify", history[1], "--json", status=1)
    assert one.json["breaks"][0]["version"] == version


async def test_two_decisions_that_changed_places_are_named(
    installation: Installation, langnghe: Command, history: list[UUID]
) -> None:
    swap = "UPDATE case_decisions SET version = {} WHERE case_id = $1 AND version = {}"
    for to, at in ((9, 1), (1, 2), (2, 9)):
        await by_hand(installation, swap.format(to, at), history[1])
    said = (await langnghe("verify", "--json", status=1)).json
    assert said["breaks"][0]["case"] == str(history[1])
    assert said["breaks"][0]["version"] in (1, 2)


async def test_a_case_that_vanished_altogether_is_missed(
    installation: Installation, langnghe: Command, history: list[UUID]
) -> None:
    for table in ("cases", "case_decisions", "case_texts"):
        await by_hand(installation, f"DELETE FROM {table} WHERE case_id = $1", history[0])
    said = (await langnghe("verify", "--json", status=1)).json
    assert said["broken"] == 0
    assert said["first_broken_day"].endswith("4 cases were sealed, 3 are there")


async def test_a_history_that_was_written_anew_is_missed_by_the_days_root(
    installation: Installation, langnghe: Command, history: list[UUID], routing: Database
) -> None:
    """Whoever makes all links of a case fit again cannot make the sealed root fit."""
    for table in ("cases", "case_decisions", "case_texts"):
        await by_hand(installation, f"DELETE FROM {table} WHERE case_id = $1", history[0])
    await apply(routing, report("Đường ở phường Vũ Ninh hỏng", history[0]))
    said = (await langnghe("verify", "--json", status=1)).json
    assert said["broken"] == 0
    assert "its root is not that of the 4 cases" in said["first_broken_day"]


async def test_a_changed_a_lost_and_a_forged_root_are_named(
    installation: Installation, langnghe: Command, history: list[UUID], routing: Database
) -> None:
    await seal(routing, 3)
    assert (await langnghe("verify", "--json")).json["days"] == 3
    async with routing.connection() as connection:
        days = [row["day"] for row in await connection.fetch("SELECT day FROM chain_roots ORDER BY day")]
        today = local_date(await connection.fetchval("SELECT clock_timestamp()"))
    assert days == [today + timedelta(days=n) for n in range(3)]
    await by_hand(installation, "UPDATE chain_roots SET root = sha256(root) WHERE day = $1", days[1])
    assert str(days[1]) in (await langnghe("verify", "--json", status=1)).json["first_broken_day"]
    await by_hand(installation, "DELETE FROM chain_roots WHERE day = $1", days[1])
    assert f"{days[1]}: its root is gone" in (await langnghe("verify", status=1)).out


async def test_routing_itself_may_add_to_the_history_and_not_change_it(
    history: list[UUID], routing: Database
) -> None:
    refused = (
        "UPDATE case_decisions SET kind = 'Closed'",
        "UPDATE case_decisions SET link = ''",
        "DELETE FROM case_decisions",
        "TRUNCATE case_decisions",
        "UPDATE chain_roots SET root = ''",
        "DELETE FROM chain_roots",
        "DELETE FROM rules",
        "UPDATE chain_began SET at = now()",
    )
    for statement in refused:
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with routing.transaction() as tx:
                await tx.execute(statement)


async def test_a_day_that_is_not_over_is_not_sealed(history: list[UUID], routing: Database) -> None:
    async with routing.transaction() as tx:
        before = await tx.fetchval("SELECT count(*) FROM chain_roots")
        assert not await seal_next(tx, await tx.fetchval("SELECT clock_timestamp()"))
        assert await tx.fetchval("SELECT count(*) FROM chain_roots") == before


async def test_the_words_that_a_decision_names_are_proved_too(
    installation: Installation, langnghe: Command, history: list[UUID], routing: Database
) -> None:
    async with routing.connection() as connection:
        stored = await connection.fetchval(
            "SELECT reasons FROM case_decisions WHERE case_id = $1 AND version = 1", history[3]
        )
    reasons = orjson.loads(stored)
    worded = next(reason for reason in reasons if reason["words"])
    worded["words"] = ["bịa đặt"]
    await by_hand(
        installation,
        "UPDATE case_decisions SET reasons = $2 WHERE case_id = $1 AND version = 1",
        history[3],
        orjson.dumps(reasons),
    )
    assert (await langnghe("verify", history[3], "--json", status=1)).json["breaks"][0]["fault"] == "text"
