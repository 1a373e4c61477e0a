"""How a report could get lost, be counted twice, or be shown to the accused: tried on the whole town."""

import asyncio
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from tests.faults.crowd import a_report
from tests.faults.town import CONTACT, PATIENCE_S, Town
from tests.integration.intake.support import TOKEN, fresh_id, headers, send
from tests.integration.intake.support import body as record_body

pytestmark = pytest.mark.faults

ACCUSING = (
    "Tôi tố cáo Chủ tịch UBND phường Quế Võ nhận hối lộ khi cấp đất ở Phường Quế Võ",
    "Cán bộ địa chính Phường Quế Võ vòi tiền, tham nhũng, gây khó khăn cho dân",
)
TOLD = """
SELECT DISTINCT n.body FROM notify.notifications AS n
JOIN intake.submissions AS s ON s.report_id = n.subject_id
WHERE s.submission_key = ANY ($1::text[])
"""
CASES = """
SELECT c.case_id, c.restricted, c.audience, c.listening_owner, c.resolving_owner, c.version
FROM routing.cases AS c JOIN intake.submissions AS s ON s.report_id = c.case_id
WHERE s.submission_key = ANY ($1::text[])
"""


async def test_the_accused_is_told_nothing_whatever_dies(town: Town) -> None:
    """Denunciations, while routing and notify die and all is read twice: nobody below the province."""
    seats = {body.partition("@")[2] for id_, body in town.bodies() if id_ in ("mttq-tinh", "thanh-tra")}
    ids = [fresh_id() for _ in range(20)]
    bodies = [record_body(ACCUSING[n % 2], **CONTACT) for n in range(len(ids))]
    records = [(b, headers(i, b)) for i, b in zip(ids, bodies, strict=True)]
    town.stop("routing", "notify")
    await send(town.installation, records)
    town.start("routing", failpoint="routing.relay.after_produce")
    await town.running.died("routing", deadline_s=PATIENCE_S)
    town.start("routing")
    town.start("notify", failpoint="notify.before_commit")
    await town.running.died("notify", deadline_s=PATIENCE_S)
    await send(town.installation, records)
    await town.sound()
    await town.taken(ids)
    cases = await town.rows(CASES, ids)
    for case in cases:
        assert case["restricted"], dict(case)
        known_to = {*case["audience"], case["listening_owner"], case["resolving_owner"]} - {None}
        assert {body.partition("@")[2] for body in known_to} <= seats, dict(case)
    told = [row["body"] for row in await town.rows(TOLD, ids)]
    assert {body.partition("@")[2] for body in told} == seats, told


async def test_one_submission_by_two_doors_at_once(town: Town) -> None:
    """A source sends the same report over HTTP and by Kafka in the same moment: one report, one answer."""
    ids = [fresh_id() for _ in range(40)]
    told = {"text": "Đèn đường hỏng ở Phường Quế Võ", "channel": "hotline"}
    payload = record_body(told["text"])
    url = town.running.url("intake")
    mine = {"Authorization": f"Bearer {TOKEN}"}
    async with httpx2.AsyncClient(base_url=url, timeout=60, headers=mine) as client:

        async def post(id_: str) -> int:
            answer = await client.post("/v1/reports", json=told, headers={"Idempotency-Key": id_})
            return answer.status_code

        by_kafka = send(town.installation, [(payload, headers(id_, payload)) for id_ in ids])
        answers, _ = await asyncio.gather(asyncio.gather(*map(post, ids)), by_kafka)
    assert set(answers) == {202}
    await town.sound()
    await town.taken(ids)


_WITHDRAWALS = """
SELECT count(*) FROM routing.case_decisions WHERE kind = 'Withdrawn' AND case_id = ANY ($1::uuid[])
"""


@pytest.mark.slow
async def test_withdrawn_at_once_while_routing_dies(town: Town) -> None:
    """A report, and a moment later its withdrawal: whatever dies between, the case is withdrawn, once."""
    url = town.running.url("intake")
    keys = [str(uuid4()) for _ in range(30)]
    town.stop("routing")
    async with httpx2.AsyncClient(base_url=url, timeout=60) as client:
        codes = await asyncio.gather(*(_post_and_withdraw(client, key) for key in keys))
    for step in ("after_commit", "relay.after_produce"):
        town.start("routing", failpoint=f"routing.{step}", BATCH=7)
        await town.running.died("routing", deadline_s=PATIENCE_S)
    await town.sound()
    rows = await town.rows(CASES.replace("c.version", "c.case_id, c.state"), keys)
    assert len(rows) == len(codes)
    assert {row["state"] for row in rows} == {"withdrawn"}
    # Between the two a case may have been linked to others.
    ids = [row["case_id"] for row in rows]
    assert await town.value(_WITHDRAWALS, ids) == len(codes)


async def _post_and_withdraw(client: httpx2.AsyncClient, key: str) -> str:
    answer: Any = (
        await client.post("/v1/reports", json=a_report(key), headers={"Idempotency-Key": key})
    ).json()
    taken_back = await client.post(f"{answer['status_url']}:withdraw")
    assert taken_back.status_code == 200, taken_back.text
    return str(answer["tracking_code"])
