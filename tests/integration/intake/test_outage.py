"""PostgreSQL is gone for a while: the door says so, and a retry is one report."""

from uuid import uuid4

import httpx2
import pytest

from deploy.local.installation import Installation
from services.intake.domain.tracking import show, tracking_code
from tests.infra import EmbeddedInfra
from tests.integration.intake.support import SOURCE, TOKEN, reading
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
    await every_route_says_so(intake)

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


async def every_route_says_so(intake: httpx2.AsyncClient) -> None:
    """Programs get problem details, people a page in plain words; nobody a bare 500."""
    mine = {"Authorization": f"Bearer {TOKEN}"}
    real = show(tracking_code(b"k" * 32, uuid4()))
    sheet = {**mine, "Content-Type": "text/csv"}
    bad = {**mine, "Idempotency-Key": "of-a-source"}
    answers = [
        await intake.get(f"/v1/reports/{real}"),
        await intake.post(f"/v1/reports/{real}:withdraw"),
        await intake.post(f"/v1/reports/{real}:erase"),
        await intake.get(f"/v1/submissions/{SOURCE}/x", headers=mine),
        await intake.post("/v1/sheets", content=b"text\nx\n", headers=sheet),
        await intake.post("/v1/reports", json={"text": ""}, headers=bad),
    ]
    for answer in answers:
        assert answer.status_code == 503, answer.text
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["retry-after"] == "1"
        assert answer.json()["log_id"]
    page = await intake.get(f"/tra-cuu/{real}", headers={"Accept": "text/html"})
    assert (page.status_code, page.headers["content-type"]) == (503, "text/html; charset=utf-8")
    assert "Xin thử lại sau ít phút." in page.text
