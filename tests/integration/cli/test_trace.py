"""A report's whole way from the command line, by each of its names, with nothing personal in it."""

import base64
from typing import Any
from uuid import UUID

import asyncpg

from deploy.local.installation import Installation
from services.intake.domain.tracking import show, tracking_code
from tests.e2e.world import World
from tests.integration.cli.conftest import Command
from tests.integration.intake.support import SOURCE

TEXT = "Tôi là Nguyễn Văn Vàng Anh, số 0912345678. Đèn đường hỏng ở Phường Quế Võ"


async def test_a_reports_whole_way_by_each_of_its_names(
    installation: Installation, langnghe: Command, world: World
) -> None:
    (own_id,) = await world.submit([TEXT])
    await world.submit(["Nước thải đổ ra mương ở xã Yên Phong"])
    await world.quiet()

    told: dict[str, Any] = (await langnghe("trace", own_id, "--source", SOURCE, "--json")).json
    entries = told["entries"]
    where = [entry["where"].partition("[")[0] for entry in entries]
    for place in (
        "reports.submitted",
        "intake.reports",
        "reports.events",
        "routing.case_decisions",
        "cases.events",
        "aggregation.counted_cases",
        "notify.notifications",
        "intake.case_status",
    ):
        assert where.count(place) >= 1, (place, where)
    assert [entry["at"] for entry in entries] == sorted(entry["at"] for entry in entries)
    assert where.index("intake.reports") < where.index("routing.case_decisions") < where.index("cases.events")
    assert {e["trace"] for e in entries if "trace" in e} == {told["trace_id"]}
    decision = next(e for e in entries if e["where"] == "routing.case_decisions")
    received = next(e for e in entries if e["where"].startswith("reports.events"))
    assert decision["cause"] == received["event"]
    assert decision["reasons"]

    printed = (await langnghe("trace", told["report_id"])).out
    assert "routing.case_decisions" in printed
    for secret in ("Vàng Anh", "0912", "Đèn", "example.org"):
        assert secret not in printed

    key = base64.b64decode(installation.secret("tracking_key"))
    code = show(tracking_code(key, UUID(told["report_id"])))
    assert (await langnghe("trace", code, "--json")).json == told
    without = (await langnghe("trace", told["report_id"], "--no-kafka", "--json")).json["entries"]
    assert not any("@" in entry["where"] for entry in without)

    await langnghe("trace", "00000000-0000-7000-8000-000000000000", status=1)
    assert "neither an id nor" in (await langnghe("trace", "x", status=1)).err
    assert "no report is known" in (await langnghe("trace", "x", "--source", SOURCE, status=1)).err


async def test_a_dead_letter_is_on_the_way_and_what_became_of_it(
    installation: Installation, langnghe: Command, world: World
) -> None:
    admin = await asyncpg.connect(installation.admin_dsn)
    await admin.execute("ALTER TABLE routing.cases ADD CONSTRAINT strict CHECK (severity > 99) NOT VALID")
    (own_id,) = await world.submit(["Đèn đường hỏng ở Phường Quế Võ"])
    await world.quiet()
    dead = (await langnghe("trace", own_id, "--source", SOURCE, "--json")).json["entries"]
    (died,) = [entry for entry in dead if entry["where"] == "routing.dead_letters"]
    assert (died["what"], died["reason"]) == ("died", "sqlstate_23514")

    await admin.execute("ALTER TABLE routing.cases DROP CONSTRAINT strict")
    await admin.close()
    await langnghe("dead-letters", "redrive", died["letter"], "--by", "an")
    await world.quiet()
    entries = (await langnghe("trace", own_id, "--source", SOURCE, "--json")).json["entries"]
    letters = [(e["what"], e.get("by")) for e in entries if e["where"] == "routing.dead_letters"]
    assert letters == [("died", None), ("redriven", "an")]
    assert any(entry["where"] == "aggregation.counted_cases" for entry in entries)


async def test_cases_said_again_change_nothing(langnghe: Command, world: World) -> None:
    cases = await world.value("SELECT count(*) FROM routing.cases")
    versions = await world.value("SELECT sum(version) FROM aggregation.counted_cases")
    assert f"{cases} cases announced" in (await langnghe("cases", "announce")).out
    await world.sound()
    assert await world.value("SELECT sum(version) FROM aggregation.counted_cases") == versions
