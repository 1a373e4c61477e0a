"""`POST /v1/reports` and what follows from it: once per key, refused by name, withdrawn, erased."""

import asyncio
import gzip
import re
from collections.abc import AsyncIterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from deploy.local.installation import Installation
from tests.integration.intake.support import TOKEN, reading, settled, topic
from tests.integration.intake.test_records import POISON
from tests.support import Running, eventually

REPORT = {"text": "Đường vỡ trước cổng chợ", "place_hint": "Phường Quế Võ"}


def key() -> dict[str, str]:
    return {"Idempotency-Key": str(uuid4())}


async def post(intake: httpx2.AsyncClient, body: Any = REPORT, **headers: str) -> httpx2.Response:
    return await intake.post("/v1/reports", json=body, headers={**key(), **headers})


async def test_a_report_is_taken_and_can_be_followed(intake: httpx2.AsyncClient) -> None:
    answer = await post(intake)
    assert answer.status_code == 202, answer.text
    told = answer.json()
    assert answer.headers["location"] == told["status_url"]
    status = (await intake.get(told["status_url"])).json()
    assert status["state"] == "received"
    assert status["tracking_code"] == told["tracking_code"]
    assert "text" not in status
    as_typed = told["tracking_code"].lower().replace("-", " ")
    assert (await intake.get(f"/v1/reports/{as_typed}")).status_code == 200


async def test_fifty_at_once_under_one_key_are_one_report(
    intake: httpx2.AsyncClient, installation: Installation
) -> None:
    same = key()
    answers = await asyncio.gather(
        *(intake.post("/v1/reports", json=REPORT, headers=same) for _ in range(50))
    )
    assert {a.status_code for a in answers} == {202}
    assert len({a.text for a in answers}) == 1
    async with reading(installation) as db:
        assert (
            await db.fetchval(
                "SELECT count(*) FROM submissions WHERE submission_key = $1", same["Idempotency-Key"]
            )
            == 1
        )


async def test_the_same_key_with_another_body_is_refused(intake: httpx2.AsyncClient) -> None:
    same = key()
    first = await intake.post("/v1/reports", json=REPORT, headers=same)
    other = await intake.post("/v1/reports", json={"text": "Khác"}, headers=same)
    again = await intake.post("/v1/reports", json=REPORT, headers=same)
    assert (first.status_code, other.status_code, again.status_code) == (202, 422, 202)
    assert other.json()["type"] == "urn:langnghe:problem:idempotency_key_reused"
    assert again.json() == first.json()


async def test_problems_are_told_by_field_in_the_callers_language(intake: httpx2.AsyncClient) -> None:
    wrong = {"text": "", "purpose": "observation", "contact": {"email": "x"}}
    for tongue, said in (("vi", "Chưa có nội dung."), ("en-GB,en;q=0.9", "The text is empty.")):
        answer = await post(intake, wrong, **{"Accept-Language": tongue})
        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        found = {e["field"]: e["detail"] for e in answer.json()["errors"]}
        assert found["text"] == said
        assert "contact.email" in found


@pytest.mark.parametrize("code", POISON)
async def test_bad_bodies_are_refused_by_name(intake: httpx2.AsyncClient, code: str) -> None:
    body = POISON[code].replace(b'"sms"', b'"web"')
    answer = await intake.post(
        "/v1/reports", content=body, headers={**key(), "Content-Type": "application/json"}
    )
    assert answer.status_code == 422, answer.text
    assert code in {e["code"] for e in answer.json()["errors"]}


async def test_what_is_no_report_is_turned_away(intake: httpx2.AsyncClient) -> None:
    json = {"Content-Type": "application/json"}
    big = b'{"text":"' + b"a" * 300_000 + b'"}'

    async def stream() -> AsyncIterator[bytes]:
        for _ in range(300):
            yield b" " * 1_024

    async def status(**request: Any) -> int:
        return (await intake.post("/v1/reports", **request)).status_code

    assert await status(json=REPORT) == 400
    assert await status(json=REPORT, headers={"Idempotency-Key": "1"}) == 400
    assert await status(content=big, headers={**key(), **json}) == 413
    assert await status(content=stream(), headers={**key(), **json}) == 413
    packed = gzip.compress(b" " * 100_000_000)
    assert await status(content=packed, headers={**key(), **json, "Content-Encoding": "gzip"}) == 415
    assert await status(content=b"{}", headers={**key(), "Content-Type": "text/plain"}) == 415
    assert await status(json=REPORT, headers={**key(), "Authorization": "Bearer nobody"}) == 401
    assert await status(json={**REPORT, "channel": "hotline"}, headers=key()) == 422
    assert (await intake.get("/v1/reports/0000-0000-0000-00000")).status_code == 404
    assert (await intake.delete("/v1/reports")).json()["status"] == 405


async def test_a_registered_source_asks_what_became_of_its_posts(intake: httpx2.AsyncClient) -> None:
    mine = {"Authorization": f"Bearer {TOKEN}"}
    ids = {name: f"{name}-{uuid4()}" for name in ("good", "bad", "both")}

    async def send(name: str, body: Any) -> int:
        headers = {**mine, "Idempotency-Key": ids[name]}
        return (await intake.post("/v1/reports", json=body, headers=headers)).status_code

    async def became(name: str) -> dict[str, Any]:
        path = f"/v1/submissions/https://hotline.example/bac-ninh/{ids[name]}"
        found: dict[str, Any] = (await intake.get(path, headers=mine)).json()
        return found

    hotline = {"text": "Mất nước", "channel": "hotline", "submitted_at": "2026-01-02T08:00:00+07:00"}
    assert await send("good", hotline) == 202
    assert await send("bad", {"text": ""}) == 422
    assert await send("both", hotline) == 202
    assert await send("both", {**hotline, "text": "Mất điện"}) == 422
    assert (await became("good"))["outcome"] == "accepted"
    assert (await became("bad"))["refusals"][0]["detail"] == "text:text_empty"
    both = await became("both")
    assert (both["outcome"], both["refusals"][0]["reason"]) == ("accepted", "conflict")
    path = f"/v1/submissions/https://hotline.example/bac-ninh/{ids['good']}"
    assert (await intake.get(path)).status_code == 401
    assert (await intake.get(f"/v1/submissions/other/{ids['good']}", headers=mine)).status_code == 404


async def test_withdrawn_and_erased_once_and_for_all(
    intake: httpx2.AsyncClient, installation: Installation
) -> None:
    contact = {"contact": {"name": "Trần Canary", "phone": "0900000146"}, "consent": True}
    told = (await post(intake, {**REPORT, **contact})).json()
    url = told["status_url"]
    first, second = [(await intake.post(f"{url}:withdraw")).json() for _ in range(2)]
    assert first == second
    assert (await intake.get(url)).json()["state"] == "withdrawn"
    erased = await intake.post(f"{url}:erase")
    assert erased.status_code == 200
    assert "30" in erased.json()["note"]
    assert (await intake.post(f"{url}:erase")).json() == erased.json()
    assert (await intake.get(url)).json()["state"] == "erased"
    async with reading(installation) as db:
        row = await db.fetchrow("SELECT * FROM reports WHERE report_id = $1", told["report_id"])
        assert row is not None
        assert row["text"] is None
        assert row["place_hint"] is None
        assert not await db.fetchval(
            "SELECT count(*) FROM identities WHERE report_id = $1", told["report_id"]
        )
    await settled(installation, 0)
    types = [
        dict(r.headers)["ce_type"].decode()
        for r in topic(installation)
        if r.key == told["report_id"].encode()
    ]
    assert types == [
        "langnghe.ReportReceived.v1",
        "langnghe.ReportWithdrawn.v1",
        "langnghe.ReporterErased.v1",
    ]


async def test_what_leaves_no_report_is_counted(
    intake: httpx2.AsyncClient, installation: Installation
) -> None:
    async def counted() -> dict[tuple[str, str], int]:
        async with reading(installation) as db:
            rows = await db.fetch("SELECT outcome, reason, n FROM door_counts WHERE door = 'http'")
        return {(r["outcome"], r["reason"]): r["n"] for r in rows}

    before = await counted()
    same = key()
    for body in (REPORT, REPORT, {"text": "Khác"}, {"text": ""}):
        await intake.post("/v1/reports", json=body, headers=same)
    wanted = {("duplicate", ""): 1, ("conflict", ""): 1, ("refused", "invalid"): 1}

    async def look() -> bool:
        now = await counted()
        return all(now.get(k, 0) - before.get(k, 0) >= n for k, n in wanted.items())

    await eventually(look, deadline_s=10, what="counts at the door")


async def test_openapi_describes_the_door_and_every_reference_leads_somewhere(
    intake: httpx2.AsyncClient,
) -> None:
    document = (await intake.get("/openapi.json")).json()
    post_report = document["paths"]["/v1/reports"]["post"]
    schema = post_report["requestBody"]["content"]["application/json"]["schema"]
    assert schema["properties"]["observation"]["anyOf"][0]["properties"]["stance"]["enum"]
    assert {"202", "400", "401", "413", "415", "422", "503"} <= set(post_report["responses"])
    for reference in re.findall(r'"\$ref": ?"#/([^"]+)"', (await intake.get("/openapi.json")).text):
        node = document
        for step in reference.split("/"):
            node = node[step]


@pytest.mark.faults
@pytest.mark.parametrize(
    "step",
    [
        pytest.param("accepted", marks=pytest.mark.slow),
        pytest.param("http.before_commit", marks=pytest.mark.slow),
        "http.after_commit",
    ],
)
async def test_killed_around_commit_a_retry_gets_one_report(
    service: Running, installation: Installation, step: str
) -> None:
    service.kill("intake")
    service.start("intake", failpoint=f"intake.{step}")
    await service.ready("intake", deadline_s=90)
    same = key()
    async with httpx2.AsyncClient(base_url=service.url("intake"), timeout=30) as client:
        with pytest.raises(httpx2.TransportError):
            await client.post("/v1/reports", json=REPORT, headers=same)
    await service.died("intake")
    service.start("intake")
    await service.ready("intake", deadline_s=90)
    async with httpx2.AsyncClient(base_url=service.url("intake"), timeout=30) as client:
        answers = [(await client.post("/v1/reports", json=REPORT, headers=same)).json() for _ in range(2)]
    assert answers[0] == answers[1]
    async with reading(installation) as db:
        assert (
            await db.fetchval(
                "SELECT count(*) FROM submissions WHERE submission_key = $1", same["Idempotency-Key"]
            )
            == 1
        )
