"""A rule file that changes takes effect in the running service; one that contradicts itself is refused."""

from pathlib import Path

import httpx2

from deploy.local.installation import Installation
from tests.integration.routing.support import report, settle
from tests.support import Running, eventually

# What no delivered rule knows.
TEXT = "Ở phường Vũ Ninh có đĩa bay xoẹt qua liên tục"
CATEGORY = 'category = "vien-thong-cds"'


async def routed(installation: Installation, routing: httpx2.AsyncClient) -> dict[str, str]:
    told = report(TEXT)
    await settle(installation, told)
    case = (await routing.get(f"/v1/cases/{told.report_id}")).json()
    return {
        "category": case["facts"]["category"],
        "version": case["decisions"][0]["reasons"][1]["version"],
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
    assert before["category"] == "khac"
    file = next(f for f in rules.glob("lexicon-*.toml") if CATEGORY in f.read_text())
    delivered = file.read_text()
    head, found, tail = delivered.partition(CATEGORY)
    more, sign, rest = tail.partition("strong = [")
    assert sign
    file.write_text(f'{head}{found}{more}{sign}"đĩa bay xoẹt qua", {rest}')

    await made(service, 2)
    after = await routed(installation, routing)
    assert after["category"] == "vien-thong-cds"
    assert after["version"] != before["version"]

    # A contradiction: refused with file and reason; what runs goes on, and the metric says so.
    file.write_text(file.read_text().replace(CATEGORY, 'category = "dia-bay"'))

    async def refused() -> bool:
        return "langnghe_routing_rules_refused 1.0" in (await routing.get("/metrics")).text

    await eventually(refused, what="the refusal")
    told = [line for line in service.log("routing").read_text().splitlines() if "rules.refused" in line]
    assert file.name in told[-1]
    assert after["version"] in told[-1]
    assert await routed(installation, routing) == after

    file.write_text(delivered)

    await made(service, 3)
    assert "langnghe_routing_rules_refused 0.0" in (await routing.get("/metrics")).text
    assert await routed(installation, routing) == before
