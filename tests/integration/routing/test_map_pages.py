"""The pages of the map as a browser gets them: browse, change with a preview, choose after a split."""

import re
from datetime import timedelta
from html import unescape
from typing import Any
from uuid import UUID

import httpx2

from deploy.local.installation import Installation
from services.routing.store import map as store
from shared.database import Database
from tests.integration.routing.support import rows, settle, value, withdrawn
from tests.integration.routing.test_map import LAW, TEXT, TODAY, moved, today_report
from tests.integration.routing.test_pages import words
from tests.support import Running, eventually
from tests.unit.routing.ground import commune

VU_NINH = commune("09169", TODAY)


def hidden(page: str) -> list[tuple[str, str]]:
    """The hidden fields of the form on a page."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return [(name, unescape(value)) for name, value in found]


async def test_the_map_is_browsed_from_the_province_down_as_of_a_day(
    service: Running, routing: httpx2.AsyncClient
) -> None:
    home = await routing.get("/map")
    assert home.status_code == 200
    said = words(home.text)
    assert "Thành phố Bắc Ninh" in said
    assert "Phường Vũ Ninh" in said
    before = words((await routing.get("/map", params={"as_of": "2025-06-01"})).text)
    assert "Huyện Yên Phong" in before
    ward = words((await routing.get("/map", params={"unit": VU_NINH})).text)
    assert "Hình thành từ" in ward
    assert "Bản đồ ban đầu: Bắc Ninh (24)" in ward
    town = words((await routing.get("/map", params={"unit": "09193", "as_of": "2025-06-01"})).text)
    assert "Thị trấn Chờ" in town
    assert "Nay thuộc" in town
    for wrong in ({"unit": "nowhere"}, {"as_of": "hôm nay"}, {"known_at": "99999"}):
        page = await routing.get("/map", params=wrong, headers={"Accept": "text/html"})
        assert page.status_code in (404, 422)


async def test_a_late_change_shows_also_what_began_after_its_day(
    service: Running, routing: httpx2.AsyncClient
) -> None:
    """The hamlet is newer than the day from which its commune was a commune of another type."""
    unit = commune("09208", TODAY)
    common = {"document": LAW, "by": "Phòng Nội vụ"}
    form = await routing.get("/map/change", params={"kind": "create", "unit": unit})
    new = {"effective": str(TODAY), "parent": unit, "name": "Thử Muộn", "type": "thon"}
    shown = await routing.post("/map/change", data=dict(hidden(form.text)) | common | new)
    assert shown.status_code == 200, words(shown.text)
    made = await routing.post("/map/change", data=dict(hidden(shown.text)) | {"step": "confirm"})
    assert made.status_code == 303
    form = await routing.get("/map/change", params={"kind": "retype", "unit": unit})
    late = {"effective": str(TODAY - timedelta(days=10)), "type": "phuong"}
    shown = await routing.post("/map/change", data=dict(hidden(form.text)) | common | late)
    assert shown.status_code == 200, words(shown.text)
    assert "Tổ dân phố Thử Muộn" in words(shown.text)


async def test_a_change_is_shown_before_it_is_made(
    service: Running, installation: Installation, routing: httpx2.AsyncClient
) -> None:
    unit = commune("09205", TODAY)
    form = await routing.get("/map/change", params={"kind": "rename", "unit": unit})
    assert form.status_code == 200
    sent = dict(hidden(form.text)) | {"effective": str(TODAY), "document": LAW, "by": "Phòng Nội vụ"}
    wrong = await routing.post("/map/change", data=sent | {"name": ""})
    assert wrong.status_code == 422
    assert "Cần điền." in wrong.text
    shown = await routing.post("/map/change", data=sent | {"name": "Tam Tên Mới"})
    assert shown.status_code == 200
    assert "→ " in shown.text
    assert "Tam Tên Mới" in shown.text
    before = await value(installation, "SELECT max(map_version) FROM map_changes")
    again = dict(hidden(shown.text))
    edit = await routing.post("/map/change", data=again | {"step": "edit"})
    assert 'value="Tam Tên Mới"' in edit.text
    made = await routing.post("/map/change", data=again | {"step": "confirm"})
    assert made.status_code == 303
    page = words((await routing.get(made.headers["location"])).text)
    assert "Đã ghi: Đổi tên" in page
    assert "Phòng Nội vụ ghi lúc" in page
    assert await value(installation, "SELECT max(map_version) FROM map_changes") == before + 1
    twice = await routing.post("/map/change", data=again | {"step": "confirm"})
    assert twice.status_code == 409
    foreign = await routing.post("/map/change", data=again, headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403


async def test_nobody_is_asked_where_a_case_goes_that_was_taken_back(
    service: Running, installation: Installation, database: Database
) -> None:
    kept, back = today_report(TEXT.format(name="Kinh Bắc")), today_report(TEXT.format(name="Kinh Bắc"))
    await settle(installation, kept, back, withdrawn(back.report_id))
    unit = commune("09187", TODAY)
    async with database.transaction() as tx:
        await store.ask(tx, [(one.report_id, 1, unit, ()) for one in (kept, back)])
        found = await store.open_choices(tx, UUID(int=0), 10)
        assert [choice.case_id for choice in found] == [kept.report_id]
        assert await store.open_choice(tx, back.report_id) is None
        await tx.execute("DELETE FROM map_choices WHERE case_id = $1", kept.report_id)
        await tx.execute("DELETE FROM map_choices WHERE case_id = $1", back.report_id)


async def test_where_nothing_is_offered_a_person_chooses_among_all_and_nothing_is_chosen_before(
    service: Running, installation: Installation, routing: httpx2.AsyncClient, database: Database
) -> None:
    lost = today_report(TEXT.format(name="Kinh Bắc"))
    await settle(installation, lost)
    async with database.transaction() as tx:
        await store.ask(tx, [(lost.report_id, 1, commune("09187", TODAY), ())])
    page = (await routing.get("/map/choices")).text
    assert "Bản đồ không cho biết" in page
    assert '<option value=""></option>' in page
    assert "checked" not in page
    assert "selected" not in page
    facts = (await routing.get(f"/v1/cases/{lost.report_id}")).json()["facts"]
    there = commune("09430", TODAY)
    answer = {"unit": there, "by": facts["resolving_owner"]}
    assert (await routing.post(f"/map/choices/{lost.report_id}", data=answer)).status_code == 303
    moved = (await routing.get(f"/v1/cases/{lost.report_id}")).json()
    assert moved["facts"]["unit"] == there
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM map_choices WHERE case_id = $1", lost.report_id)


async def test_a_split_asks_a_person_for_each_case_and_the_case_goes_on_meanwhile(
    service: Running, installation: Installation, routing: httpx2.AsyncClient
) -> None:
    here = today_report(TEXT.format(name="Vũ Ninh"))
    await settle(installation, here)
    before = (await routing.get(f"/v1/cases/{here.report_id}")).json()
    form = await routing.get("/map/change", params={"kind": "split", "unit": VU_NINH})
    sent: dict[str, Any] = dict(hidden(form.text))
    sent |= {"effective": str(TODAY), "document": LAW, "by": "Phòng Nội vụ"}
    for n, (share, name) in enumerate((("population", "Vũ Trên"), ("part", "Vũ Dưới"))):
        sent |= {f"part-{n}-share": share, f"part-{n}-name": name, f"part-{n}-type": "phuong"}
        sent[f"part-{n}-code"] = f"0999{n}"
    shown = await routing.post("/map/change", data=sent)
    assert shown.status_code == 200, words(shown.text)
    assert re.search(r"Vụ việc cần người chọn đơn vị 1\b", words(shown.text))
    made = await routing.post("/map/change", data=dict(hidden(shown.text)) | {"step": "confirm"})
    assert made.status_code == 303

    async def asked() -> str:
        page = (await routing.get("/map/choices")).text
        return page if str(here.report_id) in page else ""

    page = await eventually(asked, what="the case to be listed")
    assert "nơi có toàn bộ dân cư của đơn vị cũ" in page
    assert "/map/choices#v-" in (await routing.get(f"/cases/{here.report_id}")).text
    (waiting,) = (await routing.get("/v1/map/choices")).json()["choices"]
    assert (waiting["case_id"], waiting["from_unit"]) == (str(here.report_id), VU_NINH)
    assert waiting["offers"][0]["evidence"] == ["population"]
    meanwhile = (await routing.get(f"/v1/cases/{here.report_id}")).json()
    assert meanwhile["facts"] == before["facts"]

    (stranger,) = (u["id"] for u in (await units(routing)) if u["name"] == "Kinh Bắc")
    body = before["facts"]["resolving_owner"]
    address = f"/map/choices/{here.report_id}"
    refused = await routing.post(address, data={"unit": stranger, "by": body})
    assert refused.status_code == 422
    assert "không phải là nơi đơn vị cũ được chia về" in refused.text
    (lower,) = (u["id"] for u in (await units(routing)) if u["name"] == "Vũ Dưới")
    unknown = await routing.post(address, data={"unit": lower, "by": "ubnd@u000000000"})
    assert unknown.status_code == 422
    chosen = await routing.post(address, data={"unit": lower, "by": body})
    assert chosen.headers["location"] == "/map/choices?done=now"
    now = await moved(routing, here.report_id)
    assert now["facts"]["unit"] == lower
    assert now["facts"]["clocks"] == before["facts"]["clocks"]
    twice = await routing.post(address, data={"unit": lower, "by": body})
    assert twice.headers["location"] == "/map/choices?done=before"
    kept = await rows(installation, "SELECT chosen, chosen_by FROM map_choices")
    assert kept == [(lower, body)]
    assert (await routing.get("/v1/map/choices")).json() == {"choices": [], "next": None}
    again = await routing.post(f"/v1{address}", json={"unit": lower, "by": body})
    assert again.status_code == 409
    page = await routing.get(f"/cases/{here.report_id}")
    assert "/map/choices#v-" not in page.text


async def units(client: httpx2.AsyncClient) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await client.get("/v1/map/units", params={"parent": "24"})).json()["units"]
    return found


async def test_a_merger_in_a_form_chooses_among_neighbours(
    service: Running, routing: httpx2.AsyncClient
) -> None:
    unit = commune("09193", TODAY)
    form = await routing.get("/map/change", params={"kind": "merge", "unit": unit})
    assert re.search(rf'<option value="{unit}" selected', form.text)
    sent = [*hidden(form.text), ("units", unit), ("units", commune("09205", TODAY)), ("name", "Yên Tam")]
    sent += [("type", "phuong"), ("code", "09993"), ("effective", str(TODAY + timedelta(days=30)))]
    sent += [("document", LAW), ("by", "Phòng Nội vụ")]
    data: dict[str, Any] = {}
    for name, told in sent:
        data.setdefault(name, []).append(told)
    shown = words((await routing.post("/map/change", data=data)).text)
    assert "thành Phường Yên Tam" in shown
    assert "Tổ dân phố Đồng Mây" in shown
    assert "Mã: 09193-01 → 09993-01" in shown
    assert "Kết thúc" in shown
