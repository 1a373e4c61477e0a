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


async def test_whatever_a_door_turns_away_is_counted_once(
    intake: httpx2.AsyncClient, installation: Installation
) -> None:
    async with reading(installation) as db:
        before = (await totals(db)).rejected_by
    wrong = {"Authorization": "Bearer wrong"}
    key = {"Idempotency-Key": str(uuid4())}
    report, sheet = {"text": "Mất nước"}, b"text\nMat nuoc\n"
    await intake.post("/v1/reports", json=report, headers=wrong | key)
    await intake.post("/v1/reports", json=report)
    await intake.post("/v1/reports", content=b"x", headers=key)
    await intake.post("/v1/sheets", content=sheet)
    await intake.post("/v1/sheets", content=sheet, headers=SHEET | {"Content-Type": "text/plain"})
    await intake.post("/v1/sheets", content=b"x" * (5 << 20), headers=SHEET)
    await intake.post("/v1/sheets", content=b"nothing", headers=SHEET)
    shown = [
        await intake.post("/bang", data={"token": "wrong"}, files={"file": ("a.csv", sheet)}),
        await intake.post("/bang", data={"token": TOKEN}, files={"file": ("a.csv", b"")}),
        await intake.post("/bang", content=b"x"),
    ]
    assert [answer.status_code for answer in shown] == [422, 422, 400]
    assert "Mã truy cập không đúng." in shown[0].text
    assert "Chưa chọn tệp." in shown[1].text
    expected = {
        "http:token_invalid": 1,
        "http:idempotency_key_missing": 1,
        "http:content_type": 1,
        "sheet:token_invalid": 2,
        "sheet:content_type": 2,
        "sheet:body_too_large": 1,
        "sheet:sheet_without_text": 1,
        "sheet:file_missing": 1,
    }

    async def look() -> bool:
        async with reading(installation) as db:
            found = (await totals(db)).rejected_by
        return {r: n - before.get(r, 0) for r, n in found.items() if n != before.get(r, 0)} == expected

    await eventually(look, deadline_s=15, what="each to be counted once")
