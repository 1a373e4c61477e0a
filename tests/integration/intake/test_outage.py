"""PostgreSQL is gone for a while: the door says so, and a retry is one report."""

from uuid import uuid4

import httpx2
import pytest

from deploy.local.installation import Installation
from tests.infra import EmbeddedInfra
from tests.integration.intake.support import reading
from tests.support import Running, eventually

REPORT = {"text": "Đường vỡ trước cổng chợ"}


@pytest.mark.faults
async def test_the_door_answers_503_while_the_database_is_away(
    intake: httpx2.AsyncClient, service: Running, installation: Installation, embedded: EmbeddedInfra
) -> None:
    same = {"Idempotency-Key": str(uuid4())}
    assert (await intake.post("/v1/reports", json=REPORT)).status_code == 400
    embedded.postgres.kill()
    away = await intake.post("/v1/reports", json=REPORT, headers=same)
    assert away.status_code == 503
    assert away.headers["retry-after"] == "1"
    assert away.headers["content-type"] == "application/problem+json"
    form = await intake.post("/", data={"key": str(uuid4()), "text": "Đường vỡ"})
    assert form.status_code == 503
    assert "Đường vỡ" in form.text

    async def not_ready() -> bool:
        return (await intake.get("/readyz")).status_code == 503

    await eventually(not_ready, what="readiness to say no")
    embedded.heal()

    async def taken() -> bool:
        return (await intake.post("/v1/reports", json=REPORT, headers=same)).status_code == 202

    await eventually(taken, what="the door to open again")
    async with reading(installation) as db:
        assert (
            await db.fetchval(
                "SELECT count(*) FROM submissions WHERE submission_key = $1", same["Idempotency-Key"]
            )
            == 1
        )
    await service.ready("intake")
