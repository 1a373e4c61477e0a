"""The reporter's word on an answer: two buttons, one word a settlement, told to routing without text."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx2
import orjson
from aiokafka import AIOKafkaProducer

from deploy.local.installation import Installation
from services.intake.use_cases.announce_reports import announce_feedback
from services.routing.map.seed import unit_map
from shared.contracts.events import CaseAnswered, CaseClosed, CaseDisputed, CaseEvent, Clocks
from shared.database import Database
from shared.messaging.envelope import new_envelope
from shared.outbox import encode
from tests.integration.intake.support import case_facts, reading, topic
from tests.support import eventually

AT = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
KINDS: dict[str, type[CaseEvent]] = {"answered": CaseAnswered, "disputed": CaseDisputed, "closed": CaseClosed}


async def reported(intake: httpx2.AsyncClient) -> tuple[UUID, str]:
    body = {"text": "Đèn đường hỏng", "channel": "web"}
    answer = await intake.post("/v1/reports", json=body, headers={"Idempotency-Key": str(uuid4())})
    told = answer.json()
    return UUID(told["report_id"]), told["tracking_code"]


async def decided(
    installation: Installation, report_id: UUID, version: int, state: str, settlement: int = 1
) -> None:
    """What routing would say of the case; waits until intake knows it."""
    home = unit_map().by_code("24", AT.date(), "province")
    assert home is not None
    outcome = "partly" if state in ("answered", "told", "closed") else None
    facts = case_facts(
        (home.id,),
        AT,
        unit=None,
        state=state,
        clocks=Clocks(settle_by=AT + timedelta(days=7), object_by=AT + timedelta(days=20)),
        outcome=outcome,
    )
    event = KINDS[state](
        case_id=report_id,
        root_id=report_id,
        version=version,
        before=facts,
        after=facts,
        reasons=(),
        map_version=35,
        decided_at=AT,
        audience=(),
        settlement=settlement,  # type: ignore[arg-type]
    )
    producer = AIOKafkaProducer(bootstrap_servers=installation.bootstrap, acks="all")
    await producer.start()
    head = new_envelope("langnghe.routing", event.ce_type(), causation=None, traceparent=None)
    await producer.send_and_wait(event.topic, encode(event), key=event.key.encode(), headers=head.headers())
    await producer.stop()

    async def look() -> bool:
        async with reading(installation) as db:
            known = await db.fetchval("SELECT version FROM case_status WHERE case_id = $1", report_id)
        return bool(known == version)

    await eventually(look, what=f"version {version} known")


def said(installation: Installation, report_id: UUID) -> list[dict[str, object]]:
    """What was told to routing of a report, less the instant."""
    found = [orjson.loads(r.value) for r in topic(installation) if (r.key or b"").decode() == str(report_id)]
    return [{k: v for k, v in told.items() if k != "given_at"} for told in found if "verdict" in told]


async def test_the_receipt_shows_the_answer_and_takes_the_reporters_word_once(
    intake: httpx2.AsyncClient, installation: Installation
) -> None:
    report_id, code = await reported(intake)
    assert "Chưa đồng ý" not in (await intake.get(f"/tra-cuu/{code}")).text
    await decided(installation, report_id, 3, "answered")
    page = (await intake.get(f"/tra-cuu/{code}")).text
    assert "Đã giải quyết một phần" in page
    assert 'value="agree">Đồng ý' in page
    assert "Chưa đồng ý" in page
    for _ in range(2):
        done = await intake.post(f"/tra-cuu/{code}/y-kien", data={"y_kien": "object"})
        assert done.status_code == 303
    # The other button, pressed in a second window, does not undo what was said.
    await intake.post(f"/tra-cuu/{code}/y-kien", data={"y_kien": "agree"})
    page = (await intake.get(f"/tra-cuu/{code}")).text
    assert "Ông, bà đã chọn: Chưa đồng ý" in page
    assert "y_kien" not in page

    async def sent() -> bool:
        return bool(said(installation, report_id))

    await eventually(sent, what="the event in the topic")
    assert said(installation, report_id) == [
        {"report_id": str(report_id), "verdict": "object", "case_version": 3}
    ]


async def test_a_second_settlement_is_judged_anew_and_a_done_case_no_more(
    intake: httpx2.AsyncClient, installation: Installation
) -> None:
    report_id, code = await reported(intake)
    door = f"/v1/reports/{code}/feedback"
    early = await intake.post(door, json={"verdict": "agree"})
    assert (early.status_code, early.json()["type"]) == (409, "urn:langnghe:problem:feedback_closed")
    await decided(installation, report_id, 3, "answered")
    first = await intake.post(door, json={"verdict": "object"})
    assert first.status_code == 200
    assert (await intake.post(door, json={"verdict": "object"})).json() == first.json()
    assert (await intake.post(door, json={"verdict": "agree"})).status_code == 409
    await decided(installation, report_id, 4, "disputed", 2)
    assert "cấp trên xem lại" in (await intake.get(f"/tra-cuu/{code}")).text
    await decided(installation, report_id, 5, "answered", 2)
    status = (await intake.get(f"/v1/reports/{code}")).json()
    assert (status["outcome"], status["feedback"], status["feedback_wanted"]) == ("partly", None, True)
    assert "khởi kiện" in (await intake.get(f"/tra-cuu/{code}")).text
    assert (await intake.post(door, json={"verdict": "agree"})).status_code == 200
    await decided(installation, report_id, 6, "closed", 2)
    status = (await intake.get(f"/v1/reports/{code}")).json()
    assert (status["state"], status["feedback"], status["feedback_wanted"]) == ("closed", "agree", False)


async def test_a_word_that_is_none_is_refused(intake: httpx2.AsyncClient, installation: Installation) -> None:
    _, code = await reported(intake)
    assert (await intake.post(f"/v1/reports/{code}/feedback", json={"verdict": "maybe"})).status_code == 422
    more = {"verdict": "agree", "text": "tên tôi là An"}
    assert (await intake.post(f"/v1/reports/{code}/feedback", json=more)).status_code == 422
    assert (await intake.post(f"/tra-cuu/{code}/y-kien", data={"y_kien": "maybe"})).status_code == 400
    unknown = await intake.post("/v1/reports/7KQ49XWD2M5CHT0RB/feedback", json={"verdict": "agree"})
    assert unknown.status_code == 404


async def test_who_took_a_report_back_has_no_answer_to_judge(
    intake: httpx2.AsyncClient, installation: Installation
) -> None:
    report_id, code = await reported(intake)
    await decided(installation, report_id, 3, "answered")
    await intake.post(f"/v1/reports/{code}:withdraw")
    assert (await intake.post(f"/v1/reports/{code}/feedback", json={"verdict": "agree"})).status_code == 409
    assert said(installation, report_id) == []


async def test_a_word_that_kafka_lost_is_said_again_while_nothing_has_come_of_it(
    intake: httpx2.AsyncClient, installation: Installation
) -> None:
    report_id, code = await reported(intake)
    await decided(installation, report_id, 3, "answered")
    await intake.post(f"/v1/reports/{code}/feedback", json={"verdict": "object"})
    database = Database(installation.dsn("intake"), "intake")
    await database.open()
    try:
        assert sum([n async for n in announce_feedback(database, timedelta(minutes=10))]) == 0
        assert sum([n async for n in announce_feedback(database, timedelta(0))]) >= 1

        async def twice() -> bool:
            return len(said(installation, report_id)) == 2

        await eventually(twice, what="the event said again")
        first, second = said(installation, report_id)
        assert first == second
        await decided(installation, report_id, 4, "disputed", 2)
        before = len(said(installation, report_id))
        _ = [n async for n in announce_feedback(database, timedelta(0))]
        assert len(said(installation, report_id)) == before
    finally:
        await database.close()
