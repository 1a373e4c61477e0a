"""Fault 41: the map changes while reports of the unit that is merged away are on their way."""

import asyncio
from datetime import UTC, datetime

import httpx2
import pytest

from services.routing.map.seed import unit_map
from shared.local_time import LOCAL
from tests.faults.town import CONTACT, Town
from tests.integration.intake.support import body, fresh_id, headers, send
from tests.support import eventually

pytestmark = pytest.mark.faults

TODAY = datetime.now(UTC).astimezone(LOCAL).date()
TEXT = "Tôi là Nguyễn Văn Canary, số điện thoại 0900 000 145. Đường vỡ ở Phường Kinh Bắc, lần {n}"
LEFT = """
SELECT count(*) FROM routing.cases AS c JOIN intake.submissions AS s ON s.report_id = c.case_id
WHERE s.submission_key = ANY ($1::text[]) AND c.unit <> $2
"""
BEHIND = """
SELECT count(*) FROM aggregation.counted_cases AS a JOIN routing.cases AS c USING (case_id)
WHERE a.version <> c.version OR a.map_version <> c.map_version
"""


async def test_41_a_unit_is_merged_in_the_midst_of_its_reports(town: Town) -> None:
    """Every case ends in the successor, by decisions that carry the map's version; the counts are true."""
    units = unit_map()
    source, heir = (units.by_code(code, TODAY, "commune") for code in ("09187", "09325"))
    assert source is not None
    assert heir is not None
    ids = [fresh_id() for _ in range(600)]
    payloads = [body(TEXT.format(n=n), **CONTACT) for n in range(len(ids))]
    records = [(p, headers(id_, p)) for id_, p in zip(ids, payloads, strict=True)]
    asked = {
        "kind": "merge",
        "effective": str(TODAY),
        "document": "NQ 41/NQ-HĐND",
        "by": "thử lỗi 41",
        "units": [source.id],
        "target": heir.id,
    }

    async def merge() -> None:
        async def begun() -> bool:
            return bool(await town.value("SELECT count(*) FROM routing.cases WHERE unit = $1", source.id))

        await eventually(begun, what="the first case of the stream")
        async with httpx2.AsyncClient(base_url=town.running.url("routing"), timeout=30) as client:
            answer = await client.post("/v1/map/changes", json=asked)
        assert answer.status_code == 201, answer.text

    await asyncio.gather(send(town.installation, records), merge())
    await town.settled(ids)

    async def moved() -> bool:
        return await town.value(LEFT, ids, heir.id) == 0

    await eventually(moved, deadline_s=60, what="every case in the successor")
    await town.sound()
    await town.taken(ids)
    assert await town.value(BEHIND) == 0
