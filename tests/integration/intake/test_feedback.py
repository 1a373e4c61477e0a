"""The reporter's word on an answer: two buttons, one word a settlement, told to routing without text."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import orjson
from aiokafka import AIOKafkaProducer

from deploy.local.installation import Installation
from services.intake.use_cases.announce_reports import announce_feedback
from services.routing.domain.parts import part_id
from services.routing.map.seed import unit_map
from shared.contracts.events import (
    CaseAnswered,
    CaseClosed,
    CaseDisputed,
    CaseEvent,
    CaseOpened,
    Clocks,
)
from shared.database import Database
from shared.messaging.envelope import new_envelope
from shared.outbox import encode
from tests.integration.intake.support import case_facts, reading, topic
from tests.support import eventually

AT = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)
KINDS: dict[str, type[CaseEvent]] = {
    "opened": CaseOpened,
    "answered": CaseAnswered,
    "disputed": CaseDisputed,
    "closed": CaseClosed,
}


async def reported(intake: httpx2.AsyncClient) -> tuple[UUID, str]:
    body = {"text": "Đèn đường hỏng", "channel": "web"}
    answer = await intake.post("/v1/reports", json=body, headers={"Idempotency-Key": str(uuid4())})
    told = answer.json()
    return UUID(told["report_id"]), told["tracking_code"]


async def decided(
    installation: Installation,
    report_id: UUID,
    version: int,
    state: str,
    settlement: int = 1,
    *,
    part: UUID | None = None,
    **more: Any,
) -> None:
    """What routing would say of the root case, or of a part; waits until intake knows it."""
    case_id = part or report_id
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
        **more,
    )
    event = KINDS[state](
        case_id=case_id,
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
            known = await db.fetchval("SELECT version FROM case_status WHERE case_id = $1", case_id)
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
        {"report_id": str(report_id), "case_id": str(report_id), "verdict": "object", "case_version": 3}
    ]


async def test_every_part_is_shown_with_its_own_answer_and_judged_for_itself(
    intake: httpx2.AsyncClient, installation: Installation
) -> None:
    report_id, code = await reported(intake)
    await decided(installation, report_id, 3, "answered")
    page, status = f"/tra-cuu/{code}", f"/v1/reports/{code}"
    assert "matters" not in (await intake.get(status)).json()
    assert "Việc 1" not in (await intake.get(page)).text
    parts = sorted(part_id(report_id, number) for number in (2, 3))
    await decided(installation, report_id, 4, "answered", part=parts[0], category="rac-thai")
    await decided(installation, report_id, 1, "opened", part=parts[1], category="dat-dai")
    told = (await intake.get(status)).json()
    assert [(m["case_id"], m["category"], m["state"], m["feedback_wanted"]) for m in told["matters"]] == [
        (str(report_id), "dien-chieu-sang", "answered", True),
        (str(parts[0]), "rac-thai", "answered", True),
        (str(parts[1]), "dat-dai", "opened", False),
    ]
    text = (await intake.get(page)).text
    assert text.index("Việc 1: Điện") < text.index("Việc 2: Rác") < text.index("Việc 3: Đất đai")
    assert text.count('value="agree"') == 2
    for _ in range(2):
        done = await intake.post(f"{page}/y-kien", data={"viec": str(parts[0]), "y_kien": "object"})
        assert (done.status_code, done.headers["location"]) == (303, f"{page}#ket-qua-{parts[0]}")
    assert (await intake.get(page)).text.count('value="agree"') == 1
    other = {"verdict": "agree", "case_id": str(parts[0])}
    assert (await intake.post(f"{status}/feedback", json=other)).status_code == 409
    early = {"verdict": "agree", "case_id": str(parts[1])}
    assert (await intake.post(f"{status}/feedback", json=early)).status_code == 409
    assert (await intake.post(f"{status}/feedback", json={"verdict": "agree"})).status_code == 200
    told = (await intake.get(status)).json()
    assert [m["feedback"] for m in told["matters"]] == ["agree", "object", None]

    async def sent() -> bool:
        return len(said(installation, report_id)) == 2

    await eventually(sent, what="both events in the topic")
    assert said(installation, report_id) == [
        {"report_id": str(report_id), "case_id": str(parts[0]), "verdict": "object", "case_version": 4},
        {"report_id": str(report_id), "case_id": str(report_id), "verdict": "agree", "case_version": 3},
    ]


async def test_of_a_restricted_part_no_more_is_told_than_of_a_restricted_report(
    intake: httpx2.AsyncClient, installation: Installation
) -> None:
    report_id, code = await reported(intake)
    await decided(installation, report_id, 1, "opened")
    part = part_id(report_id, 2)
    await decided(
        installation, report_id, 1, "opened", part=part, category="tham-nhung-tieu-cuc", restricted=True
    )
    _, told = (await intake.get(f"/v1/reports/{code}")).json()["matters"]
    assert (told["category"], told["category_text"]) == (None, None)
    assert told["handled_by"] == "Cơ quan có thẩm quyền cấp tỉnh"
    page = (await intake.get(f"/tra-cuu/{code}")).text
    assert "Việc 1: Điện" in page
    assert "Việc 2</h2>" in page
    assert "Tham nhũng" not in page


async def test_a_case_of_another_report_cannot_be_judged(
    intake: httpx2.AsyncClient, installation: Installation
) -> None:
    (report_id, code), (other_id, _) = await reported(intake), await reported(intake)
    await decided(installation, report_id, 3, "answered")
    await decided(installation, other_id, 3, "answered")
    for foreign in (other_id, uuid4()):
        word = {"verdict": "agree", "case_id": str(foreign)}
        answer = await intake.post(f"/v1/reports/{code}/feedback", json=word)
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (422, "case_id")
        pressed = await intake.post(f"/tra-cuu/{code}/y-kien", data={"viec": str(foreign), "y_kien": "agree"})
        assert (pressed.status_code, pressed.json()["errors"][0]["field"]) == (422, "viec")
    assert (await intake.post(f"/tra-cuu/{code}/y-kien", data={"viec": "1"})).status_code == 400
    assert said(installation, report_id) == said(installation, other_id) == []


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
        part = part_id(report_id, 2)
        await decided(installation, report_id, 2, "answered", part=part)
        word = {"verdict": "agree", "case_id": str(part)}
        assert (await intake.post(f"/v1/reports/{code}/feedback", json=word)).status_code == 200
        _ = [n async for n in announce_feedback(database, timedelta(0), batch=1)]

        async def again() -> bool:
            return len(said(installation, report_id)) == 4

        await eventually(again, what="the part's word said again, the root's no more")
        assert [told["case_id"] for told in said(installation, report_id)] == [str(report_id)] * 2 + [
            str(part)
        ] * 2
    finally:
        await database.close()
