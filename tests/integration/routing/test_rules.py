"""A rule file that changes takes effect in the running service; one that contradicts itself is refused."""

from datetime import timedelta
from pathlib import Path

import httpx2
import orjson

from deploy.local.installation import Installation
from tests.integration.routing.support import NOW, TODAY, report, settle, value
from tests.support import Running, eventually

DELIVERED = 'rac-thai = ["mttq", "tt_dich_vu_cong"]'
CHANGED = 'rac-thai = ["mttq", "phong_kinh_te"]'
CONTRADICTING = 'rac-thai = ["mttq", "phong_la"]'


async def routed(installation: Installation, routing: httpx2.AsyncClient) -> dict[str, str]:
    """Who has to settle a report about rubbish, and by which version of the rules."""
    told = report()
    await settle(installation, told)
    case = (await routing.get(f"/v1/cases/{told.report_id}")).json()
    return {
        "owner": case["facts"]["resolving_owner"].partition("@")[0],
        "version": case["facts"]["clocks"]["rule"].partition("@")[2],
    }


async def made(service: Running, times: int) -> None:
    """Wait until the process has taken over rules and map so many times."""

    async def look() -> bool:
        return service.log("routing").read_text().count("basis.made") >= times

    await eventually(look, what="the rules to be taken over")


async def test_the_next_report_is_decided_by_what_the_files_say_now(
    service: Running, installation: Installation, routing: httpx2.AsyncClient, rules: Path
) -> None:
    before = await routed(installation, routing)
    assert before["owner"] == "tt_dich_vu_cong"
    file = rules / "competences.toml"
    delivered = file.read_text()
    assert DELIVERED in delivered
    file.write_text(delivered.replace(DELIVERED, CHANGED))

    await made(service, 2)
    after = await routed(installation, routing)
    assert after["owner"] == "phong_kinh_te"
    assert after["version"] != before["version"]

    # A contradiction: refused with file, line and reason; what runs goes on, and the metric says so.
    file.write_text(delivered.replace(DELIVERED, CONTRADICTING))

    async def refused() -> bool:
        return "langnghe_routing_rules_refused 1.0" in (await routing.get("/metrics")).text

    await eventually(refused, what="the refusal")
    told = [line for line in service.log("routing").read_text().splitlines() if "rules.refused" in line]
    wrong = next(n for n, line in enumerate(file.read_text().splitlines(), 1) if "phong_la" in line)
    assert f"competences.toml:{wrong}:" in told[-1]
    assert "unknown body phong_la" in told[-1]
    assert after["version"] in told[-1]
    assert await routed(installation, routing) == after

    file.write_text(delivered)

    await made(service, 3)
    assert "langnghe_routing_rules_refused 0.0" in (await routing.get("/metrics")).text
    assert await routed(installation, routing) == before


async def test_a_rule_from_tomorrow_waits_for_tomorrows_reports_and_each_case_keeps_its_version(
    service: Running, installation: Installation, routing: httpx2.AsyncClient, rules: Path
) -> None:
    file, before = rules / "deadlines.toml", service.log("routing").read_text().count("basis.made")
    delivered = file.read_text()
    old = 'id = "phan-anh.thuong"\nkind = "settle"\namount = 7\n'
    assert old in delivered
    tomorrow = TODAY + timedelta(days=1)
    new = old.replace("thuong", "tu-ngay-mai").replace("7", "2") + f'valid_from = {tomorrow}\nunit = "wd"\n'
    ended = f'{old}valid_to = {tomorrow}\nunit = "wd"\nbasis = "x"\n\n[[deadline]]\n{new}'
    file.write_text(delivered.replace(f'{old}unit = "wd"\n', ended))
    assert file.read_text() != delivered
    await made(service, before + 1)
    told = {
        day: report(report_date=day, received_at=NOW + timedelta(days=day > TODAY))
        for day in (TODAY, tomorrow)
    }
    await settle(installation, *told.values())
    decided = {}
    for day, one in told.items():
        case = (await routing.get(f"/v1/cases/{one.report_id}")).json()
        decided[day] = case["facts"]["clocks"]["rule"].partition("@")
    assert [decided[day][0] for day in (TODAY, tomorrow)] == ["phan-anh.thuong", "phan-anh.tu-ngay-mai"]
    version = decided[TODAY][2]
    assert decided[tomorrow][2] == version
    assert (
        await value(installation, "SELECT rules_version FROM cases WHERE case_id = $1", told[TODAY].report_id)
        == version
    )
    kept = await value(installation, "SELECT files FROM rules WHERE version = $1", version)
    assert "tu-ngay-mai" in orjson.loads(kept)["deadlines.toml"]

    file.write_text(delivered)
    await made(service, before + 2)
