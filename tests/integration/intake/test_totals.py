"""Whatever came, by whatever door, is accepted, a duplicate, or rejected: the sum says so."""

from uuid import uuid4

import httpx2

from deploy.local.installation import Installation
from services.intake.store.totals import Totals, totals
from tests.integration.intake.support import TOKEN, body, fresh_id, headers, reading, send, settled
from tests.support import eventually

SHEET = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "text/csv"}


async def test_the_sum_of_what_became_is_what_was_submitted(
    intake: httpx2.AsyncClient, installation: Installation
) -> None:
    key = {"Idempotency-Key": str(uuid4())}
    for text in ("Mất nước", "Mất nước", "Mất điện", ""):
        await intake.post("/v1/reports", json={"text": text}, headers=key)
    page = {"key": str(uuid4()), "text": "Đường vỡ"}
    for more in ({}, {}, {"website": "x"}):
        await intake.post("/", data={**page, **more})
    await intake.post("/v1/sheets", content=b"text,people\na,\na,\nb,x\n", headers=SHEET)
    event_id, other = fresh_id(), fresh_id()
    await send(
        installation,
        [(body(), headers(name, body())) for name in (event_id, event_id, other)]
        + [(b"{}", headers(fresh_id(), b"{}")), (None, [])],
    )
    await settled(installation, 5)

    async def look() -> Totals | None:
        async with reading(installation) as db:
            found = await totals(db)
        return found if found.submitted >= 15 else None

    found = await eventually(look, deadline_s=15, what="all to be counted")
    assert found is not None
    assert (found.accepted, found.duplicates, found.rejected, found.submitted) == (5, 4, 6, 15)
    assert found.rejected_by == {
        "http:conflict": 1,
        "http:invalid": 1,
        "form:honeypot": 1,
        "sheet:wrong_type": 1,
        "kafka:invalid_body": 1,
        "kafka:tombstone": 1,
    }
