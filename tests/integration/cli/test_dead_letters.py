"""Dead letters from the command line: seen, opened only when asked, redriven once, discarded."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import httpx2
import pytest

from deploy.local.installation import Installation
from services.intake.store.totals import Totals, totals
from services.intake.use_cases.register_sources import Registration
from tests.e2e.world import World
from tests.integration.cli.conftest import Command
from tests.integration.intake.support import KEY, KEY_ID, body, headers, register, send
from tests.support import eventually

POISON = b"N\xc3\xb3i x\xe1\xba\xa5u \x1b[31m\xff"
STRICT = "ALTER TABLE routing.cases ADD CONSTRAINT too_strict CHECK (severity > 99) NOT VALID"
LENIENT = "ALTER TABLE routing.cases DROP CONSTRAINT IF EXISTS too_strict"


@pytest.fixture(autouse=True)
async def lenient(installation: Installation) -> AsyncIterator[None]:
    yield
    await admin(installation, LENIENT)


async def admin(installation: Installation, statement: str) -> None:
    connection = await asyncpg.connect(installation.admin_dsn)
    await connection.execute(statement)
    await connection.close()


async def dead(langnghe: Command, *options: str, count: int = 1) -> list[dict[str, Any]]:
    """Wait until so many open letters are listed."""

    async def look() -> list[dict[str, Any]] | None:
        letters: list[dict[str, Any]] = (await langnghe("dead-letters", "list", "--json", *options)).json
        return letters if len(letters) >= count else None

    found = await eventually(look, what=f"{count} dead letters", every_s=0.3)
    assert found is not None
    return found


async def test_poison_is_seen_sealed_opened_and_discarded(
    installation: Installation, langnghe: Command, world: World
) -> None:
    await send(installation, [(POISON, [("ce_id", None)])])
    (letter,) = await dead(langnghe, "--service", "intake")
    name = letter["letter"]
    assert (letter["topic"], letter["reason"], letter["sealed"]) == ("reports.submitted", "bad_header", True)

    closed = (await langnghe("dead-letters", "show", name)).out
    assert "bad_header" in closed
    assert "sealed" in closed
    assert "Nói" not in closed
    await langnghe("dead-letters", "show", name, "--open", status=2)
    opened = (await langnghe("dead-letters", "show", name, "--open", "--by", "an")).out
    assert [tuple(row) for row in await world.rows("SELECT actor, act, subject FROM intake.access_log")] == [
        ("an", "dead_letter.open", name)
    ]
    assert "Nói xấu" in opened
    assert "\x1b" not in opened

    again = (await langnghe("dead-letters", "redrive", name, "--by", "an", "--json", status=1)).json
    assert again == [{"letter": name, "state": "open", "told": letter["reason"] + " " + letter["detail"]}]

    await langnghe("dead-letters", "discard", name, "--by", "an", "--reason", "không phải phản ánh")
    (settled,) = (await langnghe("dead-letters", "list", "--state", "discarded", "--json")).json
    assert (settled["settled_by"], settled["settled_reason"]) == ("an", "không phải phản ánh")
    assert "not kept" in (await langnghe("dead-letters", "show", name)).out
    await langnghe("dead-letters", "discard", name, "--by", "an", "--reason", "x", status=1)
    await world.sound()


async def test_a_letter_that_became_good_makes_its_case_once(
    installation: Installation, langnghe: Command, world: World
) -> None:
    await admin(installation, STRICT)
    await world.submit(["Đèn đường hỏng ở Phường Quế Võ", "Nước thải đổ ra mương ở xã Yên Phong"])
    letters = await dead(langnghe, "--service", "routing", count=2)
    assert {x["reason"] for x in letters} == {"sqlstate_23514"}
    await world.sound()  # each report has its open letter

    still = (await langnghe("dead-letters", "redrive", "--all", "--by", "an", "--json", status=1)).json
    assert {(r["state"], r["told"].split()[0]) for r in still} == {("open", "sqlstate_23514")}
    refused = await langnghe(
        "dead-letters", "discard", letters[0]["letter"], "--by", "an", "--reason", "x", status=1
    )
    assert "has no case" in refused.err

    await admin(installation, LENIENT)
    done = (await langnghe("dead-letters", "redrive", "--all", "--by", "an", "--json")).json
    assert [r["state"] for r in done] == ["redriven", "redriven"]
    assert [r["told"] for r in done] == ["fresh", "fresh"]
    await world.sound()
    cases = await world.value("SELECT count(*) FROM routing.cases")

    names = [x["letter"] for x in letters]
    twice = (await langnghe("dead-letters", "redrive", *names, "--by", "binh", "--json")).json
    assert {r["told"] for r in twice} == {"by an; nothing was done"}
    await world.sound()
    assert await world.value("SELECT count(*) FROM routing.cases") == cases


async def test_records_of_a_source_that_is_registered_late_count_once(
    installation: Installation, langnghe: Command, world: World
) -> None:
    late = "https://late.example/oa"
    payload = body("Nước sạch yếu ở Phường Quế Võ")
    before = await counted(world)
    await send(installation, [(payload, headers("late-1", payload, source=late))] * 2)
    letters = await dead(langnghe, "--service", "intake", count=2)
    names = [x["letter"] for x in letters]
    await langnghe("dead-letters", "redrive", *names, "--by", "an", status=1)

    await register(installation, Registration(late, "Kênh mới", {KEY_ID: KEY}, "another-token-" + "x" * 32))
    done = (await langnghe("dead-letters", "redrive", *names, "--by", "an", "--json")).json
    assert [r["told"] for r in done] == ["fresh", "duplicate"]
    await world.sound()
    after = await counted(world)
    assert (after.accepted, after.duplicates) == (before.accepted + 1, before.duplicates + 1)
    assert (after.submitted, after.rejected) == (before.submitted + 2, before.rejected)


async def counted(world: World) -> Totals:
    connection = await asyncpg.connect(world.installation.dsn("reader"))
    try:
        return await totals(connection)
    finally:
        await connection.close()


async def test_an_erased_report_is_redriven_without_its_text(
    installation: Installation, langnghe: Command, world: World
) -> None:
    await admin(installation, STRICT)
    async with httpx2.AsyncClient(base_url=world.running.url("intake")) as intake:
        answer = await intake.post(
            "/v1/reports",
            json={"text": "Chủ tịch xã Yên Phong nhận tiền của dân khi làm sổ đỏ"},
            headers={"Idempotency-Key": "7d9a0f5e-4f1c-4c55-9d0e-1d6a1a2b3c4d"},
        )
        report = answer.json()
        (letter,) = await dead(langnghe, "--service", "routing")
        assert "sổ đỏ" in (await langnghe("dead-letters", "show", letter["letter"])).out
        assert (await intake.post(f"/v1/reports/{report['tracking_code']}:erase")).status_code == 200
    assert "sổ đỏ" not in (await langnghe("dead-letters", "show", letter["letter"])).out

    async def erased() -> bool:
        return bool(await world.value("SELECT EXISTS (SELECT 1 FROM routing.erased_reports)"))

    await eventually(erased, what="the erasure at routing")
    await admin(installation, LENIENT)
    await langnghe("dead-letters", "redrive", letter["letter"], "--by", "an")
    await world.sound()
    case = "WHERE case_id = '{}'".format(report["report_id"])
    assert await world.value(f"SELECT count(*) FROM routing.cases {case}") == 1
    assert await world.value(f"SELECT count(*) FROM routing.case_texts {case}") == 0
    kept = await world.value(
        f"SELECT string_agg(convert_from(reasons, 'UTF8'), '') FROM routing.case_decisions {case}"
    )
    assert "nhan tien" not in kept
    assert "nhận tiền" not in kept


async def test_used_wrongly(langnghe: Command) -> None:
    for wrong in (["redrive", "--by", "an"], ["show", "routing-1"], ["list", "--service", "kitchen"]):
        await langnghe("dead-letters", *wrong, status=2)
    assert (
        "no dead letter routing:999" in (await langnghe("dead-letters", "show", "routing:999", status=1)).err
    )
