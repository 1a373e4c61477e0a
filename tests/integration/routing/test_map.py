"""The map is changed while routing runs: recorded once, announced, and cases follow it."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx2
import pytest

from deploy.local.installation import Installation
from shared.local_time import LOCAL
from tests.integration.routing.support import fresh, report, rows, settle, value
from tests.support import Running, eventually
from tests.unit.routing.ground import commune

TODAY = datetime.now(UTC).astimezone(LOCAL).date()
LAW = "NQ 12/NQ-HĐND"
TEXT = "Rác ở phường {name} ba ngày không ai thu gom, bốc mùi"
DENOUNCED = "Chủ tịch phường {name} ăn chặn tiền hỗ trợ bão của dân"


def told(kind: str, **more: Any) -> dict[str, Any]:
    return {"kind": kind, "effective": str(TODAY), "document": LAW, "by": "Phòng Nội vụ", **more}


async def change(client: httpx2.AsyncClient, kind: str, **more: Any) -> dict[str, Any]:
    answer = await client.post("/v1/map/changes", json=told(kind, **more))
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def case(client: httpx2.AsyncClient, case_id: object) -> dict[str, Any]:
    found: dict[str, Any] = (await client.get(f"/v1/cases/{case_id}")).json()
    return found


def today_report(text: str, **more: Any) -> Any:
    now = datetime.now(UTC)
    return report(text, submitted_at=now, received_at=now, report_date=TODAY, **more)


async def moved(client: httpx2.AsyncClient, case_id: object, version: int = 2) -> dict[str, Any]:
    async def look() -> dict[str, Any]:
        seen = await case(client, case_id)
        return seen if seen["version"] >= version else {}

    return await eventually(look, deadline_s=90, what=f"case {case_id} to move")


async def test_units_are_read_as_of_a_day_and_as_known_then(
    service: Running, routing: httpx2.AsyncClient
) -> None:
    answer = (await routing.get("/v1/map/units", params={"parent": "24", "as_of": "2026-03-02"})).json()
    assert len(answer["units"]) == 99
    assert {unit["level"] for unit in answer["units"]} == {"commune"}
    before = (await routing.get("/v1/map/units", params={"parent": "24", "as_of": "2024-03-02"})).json()
    assert {unit["level"] for unit in before["units"]} == {"district"}
    known = {"known_at": "34", "as_of": "2026-11-01"}
    ward = (await routing.get("/v1/map/units/09193", params=known)).json()
    assert [row["type"] for row in ward["periods"]] == ["xa"]
    now = (await routing.get("/v1/map/units/09193", params={"as_of": "2026-11-01"})).json()
    assert [row["type"] for row in now["periods"]] == ["xa", "phuong"]
    assert [belief["replaced"] for belief in now["beliefs"]] == [35, None, None]
    assert {edge["effective"] for edge in now["predecessors"]} == {"2025-07-01"}
    for path, field in (
        ("/v1/map/units?parent=nowhere", "parent"),
        ("/v1/map/units/nothing", "unit"),
        ("/v1/map/units?known_at=99999", "known_at"),
    ):
        refused = await routing.get(path)
        assert refused.status_code in (404, 422)
        assert refused.json()["errors"][0]["field"] == field


async def test_a_dry_run_tells_what_a_merger_would_do_and_writes_nothing(
    service: Running, installation: Installation, routing: httpx2.AsyncClient
) -> None:
    before = await value(installation, "SELECT max(map_version) FROM map_changes")
    asked = told("merge", units=["09193", "09205"], name="Yên Hòa", type="phuong", code="09193")
    answer = await routing.post("/v1/map/changes", params={"dry_run": "true"}, json=asked)
    assert answer.status_code == 200, answer.text
    done = answer.json()
    assert (done["map_version"], done["recorded"]) == (before + 1, False)
    assert done["title"].endswith("thành Phường Yên Hòa")
    kinds = {effect["kind"] for effect in done["units"]}
    assert kinds == {"begins", "ends", "changes"}
    assert await value(installation, "SELECT max(map_version) FROM map_changes") == before


async def test_what_would_break_the_map_is_refused_by_field_in_both_languages(
    service: Running, routing: httpx2.AsyncClient
) -> None:
    wrong = told("rename", units=["09193"], name="Yên Phong") | {"effective": "2026-13-01", "by": ""}
    answer = await routing.post("/v1/map/changes", json=wrong)
    assert answer.status_code == 422
    assert {error["field"] for error in answer.json()["errors"]} == {"effective", "by"}
    late = told("rename", units=["09193"], name="Yên") | {"effective": "2025-07-01"}
    for language, word in (("vi", "Phải sau ngày 01/07/2025"), ("en", "Must come after 2025-07-01")):
        answer = await routing.post("/v1/map/changes", json=late, headers={"Accept-Language": language})
        (error,) = answer.json()["errors"]
        assert (error["field"], error["code"]) == ("effective", "not_after")
        assert word in error["detail"]


async def test_open_cases_move_at_a_merger_and_the_change_is_announced_once(
    service: Running, installation: Installation, routing: httpx2.AsyncClient
) -> None:
    open_one = today_report(TEXT.format(name="Vũ Ninh"))
    guarded = today_report(DENOUNCED.format(name="Vũ Ninh"))
    observed = today_report(
        TEXT.format(name="Vũ Ninh"),
        purpose="observation",
        observation={"group": "nhan_dan", "stance": "ban_khoan", "breadth": "mot_so"},
    )
    await settle(installation, open_one, guarded, observed)
    before = await case(routing, open_one.report_id)
    change_id = str(fresh())
    sources = [commune("09169", TODAY), commune("09187", TODAY)]
    done = await change(
        routing, "merge", change_id=change_id, units=sources, name="Tơ Ngà", type="phuong", code="09990"
    )
    assert done["cases_moving"] == 2
    heir = next(effect["unit"] for effect in done["units"] if effect["kind"] == "begins")

    now = await moved(routing, open_one.report_id)
    facts, was = now["facts"], before["facts"]
    assert (facts["unit"], facts["path"][0], now["map_version"]) == (heir, heir, done["map_version"])
    assert facts["clocks"] == was["clocks"]
    assert facts["resolving_owner"] == was["resolving_owner"].replace(was["unit"], heir)
    assert now["decisions"][-1]["kind"] == "Moved"
    assert now["decisions"][-1]["reasons"][0]["basis"] == LAW
    kept = await moved(routing, guarded.report_id)
    assert kept["facts"]["unit"] == heir
    assert not any(body.endswith((heir, was["unit"])) for body in kept["audience"])
    # It has ended, and stays with whom it was; but by today's map it was seen in the new unit.
    counted = await moved(routing, observed.report_id)
    assert (counted["facts"]["unit"], counted["facts"]["path_then"][0]) == (was["unit"], heir)

    again = await routing.post(
        "/v1/map/changes",
        json=told("merge", change_id=change_id, units=sources, name="Tơ Ngà", type="phuong", code="09990"),
    )
    assert again.status_code == 409
    entries = "SELECT count(*) FROM map_entries WHERE change_id = $1"
    assert await value(installation, entries, change_id) == 1
    await listed_as_it_was_and_on_todays_map(routing, str(open_one.report_id), was["unit"], heir)
    page = await routing.get(f"/cases/{open_one.report_id}")
    assert "Đơn vị cũ đã thay đổi, vụ việc chuyển theo sang đơn vị kế tiếp" in page.text
    assert LAW in page.text


async def listed_as_it_was_and_on_todays_map(
    client: httpx2.AsyncClient, case_id: str, former: str, heir: str
) -> None:
    """A case that was moved today, on every map: of today the change holds already."""
    eve = str(TODAY - timedelta(days=1))
    for parameters, there in (
        ({"unit": heir}, True),
        ({"unit": former}, False),
        ({"unit": heir, "as_of": "then"}, True),
        ({"unit": former, "as_of": "then"}, False),
        ({"unit": heir, "as_of": "today"}, True),
        ({"unit": "24", "as_of": "today"}, True),
        ({"unit": heir, "as_of": "today", "known_at": str(TODAY)}, True),
    ):
        found = (await client.get("/v1/cases", params={"limit": 200, **parameters})).json()
        assert (case_id in {one["case_id"] for one in found["cases"]}) is there, parameters
    # The new unit was made of two: on the map of yesterday nobody can say in which of them the case was.
    found = (await client.get("/v1/cases", params={"unit": former, "as_of": eve})).json()
    assert case_id not in {one["case_id"] for one in found["cases"]}
    assert found["unattributed"] >= 1
    # As known by the delivered map the new unit is none.
    asked = {"unit": heir, "as_of": "today", "known_at": "35"}
    refused = (await client.get("/v1/cases", params=asked)).json()
    assert [error["field"] for error in refused["errors"]] == ["unit"]
    page = (await client.get("/cases", params={"unit": former, "as_of": eve})).text
    assert "Không phân bổ được: " in page


async def test_a_report_that_comes_late_for_a_former_unit_goes_to_where_it_is_today(
    service: Running, installation: Installation, routing: httpx2.AsyncClient
) -> None:
    june = datetime(2025, 6, 15, 2, tzinfo=UTC)
    text = "Đường ở thị trấn Chờ, huyện Yên Phong hỏng nặng"
    late = report(text, submitted_at=june, report_date=june.date())
    await settle(installation, late)
    now = await moved(routing, late.report_id)
    assert len(now["facts"]["path"]) == 2
    former = now["facts"]["path_then"]
    assert len(former) == 3
    for parameters in (
        {"unit": former[0], "as_of": "then"},
        {"unit": former[1], "as_of": "then"},
        {"unit": former[0], "as_of": "2025-06-15"},
        {"unit": now["facts"]["unit"], "as_of": "today"},
    ):
        found = (await routing.get("/v1/cases", params=parameters)).json()["cases"]
        assert str(late.report_id) in {one["case_id"] for one in found}, parameters
    assert await value(installation, "SELECT count(*) FROM map_marks") == 0


async def test_a_change_of_tomorrow_moves_nothing_today(
    service: Running, installation: Installation, routing: httpx2.AsyncClient
) -> None:
    made = today_report(TEXT.format(name="Võ Cường"))
    await settle(installation, made)
    done = await change(
        routing,
        "merge",
        effective=str(TODAY + timedelta(days=1)),
        units=[commune("09190", TODAY)],
        target=commune("09325", TODAY),
    )

    async def followed() -> bool:
        version: int = await value(installation, "SELECT map_version FROM map_followed")
        return version >= done["map_version"]

    await eventually(followed, what="the map followed")
    assert (await case(routing, made.report_id))["version"] == 1


@pytest.mark.faults
async def test_a_change_in_the_midst_of_a_stream_leaves_no_open_case_behind(
    service: Running, installation: Installation, routing: httpx2.AsyncClient
) -> None:
    """Fault 41: reports are being decided while their unit is merged away."""
    source = (await routing.get("/v1/map/units/09247")).json()["id"]
    reports = [today_report(TEXT.format(name="Quế Võ")) for _ in range(600)]
    ids = [made.report_id for made in reports]

    async def merge() -> dict[str, Any]:
        async def begun() -> bool:
            sql = "SELECT count(*) FROM cases WHERE case_id = ANY ($1::uuid[])"
            return bool(await value(installation, sql, ids))

        await eventually(begun, what="the first of the stream")
        return await change(routing, "merge", units=[source], target=commune("09325", TODAY))

    _, done = await asyncio.gather(settle(installation, *reports), merge())

    async def all_moved() -> bool:
        sql = "SELECT count(*) FILTER (WHERE unit = $1), count(*) FROM cases WHERE case_id = ANY ($2::uuid[])"
        return await rows(installation, sql, source, ids) == [(0, len(ids))]

    await eventually(all_moved, what="every open case to move")
    versions = await rows(
        installation,
        "SELECT DISTINCT kind, map_version >= $1 FROM case_decisions WHERE case_id = ANY ($2::uuid[])",
        done["map_version"],
        ids,
    )
    assert ("Moved", True) in versions
    assert ("Moved", False) not in versions
