"""A topic loses accepted reports before routing has read them: one command brings each to its case."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx2
import orjson
import pytest
from kafka import KafkaAdminClient

from deploy.local.installation import Installation
from shared.contracts.events import ReportReceived
from shared.contracts.topics import TOPICS
from shared.messaging.topics_admin import apply
from tests.e2e.world import World
from tests.integration.cli.conftest import Command
from tests.integration.intake.support import topic
from tests.support import delete_topics, eventually

TEXT = "Bà con lo ngập, tôi là Trần Canary, ở Phường Quế Võ"
TOLD: dict[str, Any] = {
    "channel": "collaborator",
    "purpose": "observation",
    "organisation": "phu_nu",
    "observation": {"group": "phu_nu", "stance": "phan_doi", "breadth": "nhieu", "people": 9},
    "coordinates": {"latitude": 21.123456, "longitude": 106.987654},
    "occurred_at": "2026-10-31T08:00:00+07:00",
    "place_hint": "Cổng chợ, Phường Quế Võ",
    "reporter_unit": "09193",
}


@pytest.mark.slow
async def test_lost_reports_become_cases(installation: Installation, langnghe: Command, world: World) -> None:
    await world.submit(["Đèn đường hỏng ở Phường Quế Võ"])
    await world.quiet()
    (early,) = told(installation)
    world.running.stop("routing")
    await world.submit(["Đường vỡ ở Phường Quế Võ"] * 20)
    await world.submit([TEXT], **TOLD)
    withdrawn, erased = [await by_hand(world, act) for act in ("withdraw", "erase")]
    await eventually(lambda: waits(world, 24), what="24 reports announced")
    lost = {report: said for report, said in told(installation).items() if report != early}
    assert len(lost) == 23
    await asyncio.to_thread(make_anew, installation, "reports.events")
    world.running.start("routing")
    await world.running.ready("routing", deadline_s=120)
    await world.quiet()
    assert await world.value("SELECT count(*) FROM routing.cases") == 1

    assert (await langnghe("reports", "announce")).out.startswith("0 reports"), "they may be on their way"
    assert (await langnghe("reports", "announce", "--older-than", 0)).out.startswith("23 reports")
    await world.quiet()
    again = told(installation)
    assert orjson.loads(again.pop(erased))["text"] == "", "its words are gone for good"
    del lost[erased]
    assert again == lost, "word for word as it was said first"
    cases = {str(r["case_id"]): r["state"] for r in await world.rows("SELECT * FROM routing.cases")}
    assert set(cases) == {early, erased, *lost}
    assert await world.value("SELECT count(*) FROM routing.case_texts WHERE case_id = $1", UUID(erased)) == 0
    assert [case for case, state in cases.items() if state == "withdrawn"] == [withdrawn]
    assert (await langnghe("reports", "announce", "--older-than", 0)).out.startswith("0 reports")


async def by_hand(world: World, act: str) -> str:
    """Report by HTTP and act on it; returns the report's id."""
    async with httpx2.AsyncClient(base_url=world.running.url("intake"), timeout=30) as client:
        key = {"Idempotency-Key": str(uuid4())}
        made = (await client.post("/v1/reports", json={"text": "Mất nước"}, headers=key)).json()
        assert (await client.post(f"{made['status_url']}:{act}")).status_code == 200
    return str(made["report_id"])


async def waits(world: World, reports: int) -> bool:
    """Whether so many reports are in and all is handed on to Kafka."""
    return bool(
        await world.value(
            "SELECT (SELECT count(*) FROM intake.reports) = $1 AND NOT EXISTS (SELECT FROM intake.outbox)",
            reports,
        )
    )


def told(installation: Installation) -> dict[str, bytes]:
    """What the topic says of each report that was received, by its id."""
    return {
        record.key.decode(): record.value
        for record in topic(installation)
        if dict(record.headers)["ce_type"] == ReportReceived.ce_type().encode()
    }


def make_anew(installation: Installation, name: str) -> None:
    """Delete a topic with all that it holds, and make it again."""
    admin = KafkaAdminClient(bootstrap_servers=installation.bootstrap)
    delete_topics(admin, [name])
    apply(admin, [TOPICS[name]], drained=lambda _topic: True)
    admin.close()
