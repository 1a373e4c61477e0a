"""The public form and the receipt, without scripts; sheets by hand."""

import re
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import httpx2
from aiokafka import AIOKafkaProducer

from deploy.local.installation import Installation
from services.routing.map.seed import unit_map
from shared.contracts.events import CaseOpened, Clocks
from shared.messaging.envelope import new_envelope
from shared.outbox import encode
from tests.integration.intake.support import TOKEN, case_facts, reading
from tests.support import eventually

TEXT = "Đường vỡ <script>alert(1)</script> trước nhà"


def hidden_key(page: str) -> str:
    found = re.search(r'name="key" value="([0-9a-f-]{36})"', page)
    assert found, page
    return found.group(1)


def form(key: str, **more: str) -> dict[str, str]:
    return {"key": key, "purpose": "request", "text": TEXT, "place": "Cổng chợ", "commune": "09193", **more}


async def test_a_double_click_is_one_report_and_leads_to_its_receipt(
    intake: httpx2.AsyncClient, installation: Installation
) -> None:
    page = await intake.get("/")
    assert page.status_code == 200
    assert "default-src 'self'" in page.headers["content-security-policy"]
    key = hidden_key(page.text)
    first, second = [await intake.post("/", data=form(key)) for _ in range(2)]
    assert first.status_code == second.status_code == 303
    assert first.headers["location"] == second.headers["location"]
    receipt = await intake.get(first.headers["location"])
    assert receipt.status_code == 200
    assert "Đã nhận" in receipt.text
    assert "Đường vỡ" not in receipt.text
    async with reading(installation) as db:
        row = await db.fetchrow(
            "SELECT r.* FROM submissions s JOIN reports r USING (report_id) WHERE submission_key = $1", key
        )
    assert row is not None
    assert row["place_hint"] == "Cổng chợ, Phường Yên Phong"
    assert row["reporter_unit"] == "09193"


async def test_mistakes_are_shown_beside_the_fields_with_what_was_typed(intake: httpx2.AsyncClient) -> None:
    key = hidden_key((await intake.get("/")).text)
    answer = await intake.post("/", data=form(key, email="không phải", purpose="observation", text=TEXT))
    assert answer.status_code == 422
    assert hidden_key(answer.text) == key
    assert 'id="e-email"' in answer.text
    assert 'id="e-group"' in answer.text
    assert "&lt;script&gt;" in answer.text
    assert "<script>alert" not in answer.text


async def test_other_contents_under_a_sent_form_need_a_second_click(intake: httpx2.AsyncClient) -> None:
    key = hidden_key((await intake.get("/")).text)
    assert (await intake.post("/", data=form(key))).status_code == 303
    other = await intake.post("/", data=form(key, text="Việc khác hẳn"))
    assert other.status_code == 409
    assert hidden_key(other.text) != key
    assert (
        await intake.post("/", data=form(hidden_key(other.text), text="Việc khác hẳn"))
    ).status_code == 303


async def test_robots_and_nonsense_are_turned_away(intake: httpx2.AsyncClient) -> None:
    key = hidden_key((await intake.get("/")).text)
    assert (await intake.post("/", data=form(key, website="http://spam.example"))).status_code == 422
    assert (await intake.post("/", data=form("no-key"))).status_code == 400
    assert (await intake.post("/", data=form(key, text="a" * 300_000))).status_code == 413
    assert (await intake.post("/", json={})).status_code == 400
    nowhere = await intake.get("/nothing-here", headers={"Accept": "text/html"})
    assert (nowhere.status_code, "Không tìm thấy" in nowhere.text) == (404, True)
    assert "<nav" in nowhere.text
    assert (await intake.get("/nothing-here")).json()["title"] == "Không tìm thấy."
    assert (await intake.get("/tra-cuu/ABC")).status_code == 404


async def test_what_routing_decides_shows_on_the_receipt(
    intake: httpx2.AsyncClient, installation: Installation
) -> None:
    sent = await intake.post("/", data=form(str(uuid4())))
    url = sent.headers["location"].split("?")[0]
    status = f"/v1/reports/{url.rsplit('/', 1)[1]}"
    report_id = await _report_id(installation)
    for version, event in ((2, "accepted"), (1, "opened"), (2, "accepted")):
        await _announce(installation, _opened(report_id, version, event))

    async def look() -> dict[str, Any] | None:
        found: dict[str, Any] = (await intake.get(status)).json()
        return found if found["state"] == "accepted" else None

    found = await eventually(look, what="the case's state on the receipt")
    assert found is not None
    assert found["handled_by"] == "Ủy ban nhân dân Phường Yên Phong"
    assert [step["state"] for step in found["steps"]] == ["received", "opened", "accepted"]
    page = await intake.get(url)
    assert "Ủy ban nhân dân Phường Yên Phong" in page.text
    assert "Hạn trả lời" in page.text


async def test_taking_back_and_erasing_ask_first(intake: httpx2.AsyncClient) -> None:
    url = (await intake.post("/", data=form(str(uuid4())))).headers["location"].split("?")[0]
    for act, state in (("rut", "Đã rút"), ("xoa", "Đã xóa thông tin")):
        assert "<form" in (await intake.get(f"{url}/{act}")).text
        assert (await intake.post(f"{url}/{act}")).headers["location"] == url
        assert state in (await intake.get(url)).text
    assert (await intake.get(f"{url}/khac")).status_code == 404


async def test_a_sheet_by_hand(intake: httpx2.AsyncClient) -> None:
    sheet = "Nội dung;Loại\nMất nước ba ngày;Đề nghị giải quyết\n;\n=cmd();sai\n".encode()
    files = {"file": ("bang.csv", sheet, "text/csv")}
    assert "Mã truy cập không đúng" in (await intake.post("/bang", data={"token": "x"}, files=files)).text
    answer = await intake.post("/bang", data={"token": TOKEN}, files=files)
    assert answer.status_code == 200
    assert "<strong>Loại</strong>" in answer.text
    results = re.search(r'action="(/bang/[0-9a-f-]{36}\.csv)"', answer.text)
    assert results
    # A form without a file part still comes as multipart.
    download = await intake.post(results.group(1), files={"token": (None, TOKEN)})
    assert download.headers["content-type"].startswith("text/csv")
    assert "Từ chối" in download.content.decode("utf-8-sig")


async def _report_id(installation: Installation) -> UUID:
    async with reading(installation) as db:
        found: UUID = await db.fetchval("SELECT report_id FROM reports ORDER BY received_at DESC LIMIT 1")
        return found


def _opened(case_id: UUID, version: int, state: Any) -> CaseOpened:
    now = datetime.now(UTC)
    units = unit_map()
    unit = units.by_code("09193", now.date(), "commune")
    assert unit is not None
    facts = case_facts(units.path(unit.id, now.date()), now, state=state, clocks=Clocks(settle_by=now))
    return CaseOpened(
        case_id=case_id,
        root_id=case_id,
        version=version,
        before=None,
        after=facts,
        reasons=(),
        map_version=units.version,
        decided_at=now,
        audience=(),
    )


async def _announce(installation: Installation, event: CaseOpened) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=installation.bootstrap)
    await producer.start()
    envelope = new_envelope("langnghe.routing", event.ce_type(), causation=None, traceparent=None)
    await producer.send_and_wait(
        "cases.events", encode(event), key=event.key.encode(), headers=envelope.headers()
    )
    await producer.stop()
