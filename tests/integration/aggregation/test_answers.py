"""What the API and the pages say, over HTTP: totals, small cells, problems, a person's words kept."""

from collections.abc import AsyncIterator
from datetime import date

import httpx2
import pytest
import pytest_asyncio

from deploy.local.installation import Installation
from services.routing.map.seed import unit_map
from shared.contracts.events import CaseEvent, Observation
from tests.integration.aggregation.feed import ROLLUPS_DIFFER, Counts, answering, map_events, publish
from tests.unit.aggregation.examples import case_event, case_id, facts

DAY = date(2026, 11, 18)
UNITS = unit_map()
HOME = UNITS.by_code("24", DAY, "province")
assert HOME is not None
COMMUNES = [UNITS.path(u.id, DAY) for u in UNITS.units(DAY, "commune", HOME.id)]
OLD_DAY = date(2025, 6, 2)
SPAN = {"from": "2026-11-16", "to": "2026-11-22"}


def cases() -> list[CaseEvent]:
    """In one commune 7 of waste, 6 of land, 2 of water, one of each urgent, 1 restricted; elsewhere one
    observation; one before 2025-07."""
    here, told = COMMUNES[0], []
    for category, n in (("rac-thai", 7), ("dat-dai", 6), ("nuoc-sach", 2)):
        told += [facts(here, category=category)] * (n - 1) + [facts(here, category=category, severity=3)]
    told.append(facts(here, category="tham-nhung-tieu-cuc", restricted=True, severity=3))
    seen = Observation(group="nong_dan", stance="ban_khoan", breadth="nhieu")
    told.append(facts(COMMUNES[1], purpose="observation", state="noted", observation=seen))
    old = UNITS.predecessors(here[0], DAY)[0].from_id
    was_there = UNITS.path(old, OLD_DAY)
    dated = [one.model_copy(update={"report_date": DAY}) for one in told]
    dated.append(facts(was_there, report_date=OLD_DAY))
    return [case_event(n, 1, one, UNITS.version) for n, one in enumerate(dated)]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def client(installation: Installation) -> AsyncIterator[httpx2.AsyncClient]:
    async with answering(installation, map_events(), cases()) as session:
        yield session


async def totals(client: httpx2.AsyncClient, **params: str) -> dict[str, object]:
    answer = await client.get("/v1/totals", params=SPAN | params)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    return {"total": body["total"], "split": body["split"], **{c["key"]: c["n"] for c in body["cells"]}}


pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_province_sees_everything(client: httpx2.AsyncClient) -> None:
    found = await totals(client, unit="24")
    assert found == {
        "total": 17, "split": 0, "rac-thai": 8, "dat-dai": 6, "nuoc-sach": 2, "tham-nhung-tieu-cuc": 1,
    }  # fmt: skip


async def test_a_commune_sees_no_restricted_case_and_no_small_cell(client: httpx2.AsyncClient) -> None:
    found = await totals(client, unit=COMMUNES[0][0])
    assert found == {"total": 15, "split": 0, "rac-thai": 7, "dat-dai": None, "nuoc-sach": None}
    by_day = await totals(client, unit=COMMUNES[0][0], group_by="day")
    assert by_day == {"total": 15, "split": 0, "2026-11-18": 15}


async def test_totals_of_then_and_of_todays_map(client: httpx2.AsyncClient) -> None:
    long = {"from": "2025-06-01", "group_by": "unit"}
    then = await totals(client, unit="24", **long)
    today = await totals(client, unit="24", as_of="today", **long)
    assert (then["total"], today["total"]) == (17, 18)
    assert today[COMMUNES[0][0]] == 17
    old = await totals(client, unit="24", as_of="2025-06-30", **long)
    assert (old["total"], old["split"]) == (18, 0)
    # Twelve communes became wards by the last version alone: no case lies elsewhere by it.
    known = await totals(client, unit="24", as_of="today", known_at=str(UNITS.version - 1), **long)
    assert known == today


async def test_few_cases_that_cannot_be_laid_on_another_map_are_not_told(client: httpx2.AsyncClient) -> None:
    """On the map before the reform, where each of today's communes was several."""
    for commune, split in ((COMMUNES[0][0], 15), (COMMUNES[1][0], None)):
        part = UNITS.predecessors(commune, DAY)[0].from_id
        found = await totals(client, unit=part, as_of="2025-06-30")
        assert (found["total"], found["split"]) == (0, split)


async def test_finer_dimensions_come_from_the_leaves(client: httpx2.AsyncClient) -> None:
    assert (await totals(client, unit="24", group_by="severity"))["3"] == 4
    assert (await totals(client, unit="24", group_by="channel"))["web"] == 17


async def test_problems_name_the_field_in_the_callers_language(client: httpx2.AsyncClient) -> None:
    for path, status, field in (
        ("/v1/totals?unit=u0000000000", 404, "unit"),
        ("/v1/totals?group_by=colour", 422, "group_by"),
        ("/v1/totals?from=2026-11-20&to=2026-11-01", 422, "from"),
        ("/v1/totals?as_of=tomorrow", 422, "as_of"),
        ("/v1/totals?as_of=today&known_at=99999", 422, "known_at"),
        ("/v1/totals?known_at=1", 422, "known_at"),
        (f"/v1/situation-reports/{HOME.id}?period=2026-W99", 422, "period"),  # type: ignore[union-attr]
    ):
        answer = await client.get(path, headers={"Accept-Language": "en"})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, field)
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["title"].isascii()
        assert not (await client.get(path)).json()["title"].isascii()


async def test_a_persons_words_are_kept_and_never_overwritten_unseen(client: httpx2.AsyncClient) -> None:
    url = f"/v1/situation-reports/{COMMUNES[0][0]}?period=2026-W47"
    words = {
        "version": 0,
        "assessment": "Bà con lo nước tưới.",
        "proposals": "Nạo vét kênh.",
        "written_by": "Ban",
    }
    first = await client.put(url, json=words)
    assert (first.status_code, first.json()["written"]["version"]) == (200, 1)
    stale = await client.put(url, json=words | {"assessment": "Khác"})
    assert stale.status_code == 409
    page = await client.post(
        url.replace("/v1", ""), data={"version": 0, "assessment": "<script>", "written_by": "Khác"}
    )
    assert page.status_code == 409
    assert "&lt;script&gt;" in page.text
    assert "Bà con lo nước tưới." in page.text
    saved = await client.post(
        url.replace("/v1", ""), data={"version": 1, "assessment": "Đã mưa.", "written_by": "Ban"}
    )
    assert saved.status_code == 303
    found = (await client.get(url)).json()["written"]
    assert (found["version"], found["assessment"], found["proposals"]) == (2, "Đã mưa.", "")


async def test_the_situation_report_has_its_figures(client: httpx2.AsyncClient) -> None:
    found = (await client.get(f"/v1/situation-reports/{HOME.id}?period=2026-W47")).json()  # type: ignore[union-attr]
    assert (found["requests"], found["observations"], found["units_expected"]) == (16, 1, 99)
    assert len(found["units_silent"]) == 97
    urgent = ["dat-dai", "nuoc-sach", "rac-thai", "tham-nhung-tieu-cuc"]
    assert sorted(case["category"] for case in found["notable"]) == urgent
    assert found["moods"][0]["stances"] == {"ban_khoan": 1}


async def test_a_situation_report_is_of_then_or_of_todays_map(client: httpx2.AsyncClient) -> None:
    """A case of a former commune stands in the report of the one that it became, and the other way round."""
    province = {"period": "2025-06", "as_of": "today"}
    url = f"/v1/situation-reports/{HOME.id}"  # type: ignore[union-attr]
    then = (await client.get(url, params={"period": "2025-06"})).json()
    today = (await client.get(url, params=province)).json()
    assert (then["on"], then["requests"], then["split"]) == (None, 0, 0)
    assert (today["requests"], today["split"], today["units_expected"]) == (1, 0, 99)
    assert COMMUNES[0][0] not in today["units_silent"]
    assert len(today["units_silent"]) == 98
    known = (await client.get(url, params=province | {"known_at": str(UNITS.version - 1)})).json()
    assert known["requests"] == 1

    urgent = {"period": "2026-W47", "as_of": "2026-11-18"}
    laid = (await client.get(url, params=urgent)).json()
    plain = (await client.get(url, params={"period": "2026-W47"})).json()
    same = (
        "requests",
        "observations",
        "states",
        "categories",
        "moods",
        "notable",
        "overdue",
        "organisations",
    )
    assert [laid[name] for name in same] == [plain[name] for name in same]


async def test_a_report_on_an_earlier_map_tells_what_cannot_be_parted(client: httpx2.AsyncClient) -> None:
    """On the map before the reform each of today's communes was several: nobody can say which cases."""
    for commune, split in ((COMMUNES[0][0], 15), (COMMUNES[1][0], None)):
        part = UNITS.predecessors(commune, DAY)[0].from_id
        url = f"/situation-reports/{part}?period=2026-W47&as_of=2025-06-30"
        found = (await client.get("/v1" + url)).json()
        assert (found["split"], found["requests"], found["notable"]) == (split, 0, [])
        page = (await client.get(url)).text
        assert "Số liệu xếp theo đơn vị hành chính ngày 30/06/2025." in page
        assert ("Có ít nhất 15 ý kiến" if split else "Có một số ý kiến") in page
        assert "Theo đơn vị lúc phản ánh" in page
    refused = await client.get(f"/v1/situation-reports/{COMMUNES[0][0]}?period=2026-W47&as_of=soon")
    assert refused.status_code == 422


async def test_below_the_province_a_report_tells_no_case_of_a_hidden_cell(client: httpx2.AsyncClient) -> None:
    found = (await client.get(f"/v1/situation-reports/{COMMUNES[0][0]}?period=2026-W47")).json()
    assert (found["requests"], found["observations"], found["restricted_left_out"]) == (15, 0, True)
    assert {c["category"]: (c["requests"], c["observations"]) for c in found["categories"]} == {
        "rac-thai": (7, 0),
        "dat-dai": (None, 0),
        "nuoc-sach": (None, 0),
    }
    assert [case["category"] for case in found["notable"]] == ["rac-thai"]


async def test_below_the_province_a_report_of_few_cases_tells_no_figure(client: httpx2.AsyncClient) -> None:
    url = f"/situation-reports/{COMMUNES[1][0]}?period=2026-W47"
    found = (await client.get("/v1" + url)).json()
    assert (found["requests"], found["observations"]) == (0, None)
    assert (found["channels"], found["organisations"]) == ({"web": None}, {"": None})
    assert (found["moods"], found["notable"], found["states"]) == ([], [], {})
    (line,) = found["categories"]
    assert (line["requests"], line["observations"]) == (None, None)
    assert "dưới 5 ý kiến, nên không nêu số liệu chi tiết" in (await client.get(url)).text
    following = (await client.get("/v1" + url.replace("W47", "W48"))).json()
    assert (following["requests_before"], following["observations_before"]) == (0, None)


async def test_pages_answer_with_figures_and_to_this_machine_only(client: httpx2.AsyncClient) -> None:
    page = await client.get("/dashboard", params=SPAN)
    assert page.status_code == 200
    assert page.text.count("<path") >= 99
    assert "Tham nhũng" in page.text
    commune = (await client.get(f"/units/{COMMUNES[0][0]}", params=SPAN)).text
    assert "Tham nhũng, tiêu cực" not in commune
    assert "Số được ẩn: " in commune
    for path in ("/situation-reports", f"/situation-reports/{COMMUNES[0][0]}?period=2026-11"):
        assert (await client.get(path)).status_code == 200
    strange = await client.get("/v1/totals", headers={"Host": "evil.example"})
    assert strange.status_code == 403
    assert (await client.get("/readyz", headers={"Host": "evil.example"})).status_code == 200


async def test_the_pilot_stands_beside_the_rest(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/v1/pilot", params=SPAN)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    pilots = {path[0] for path in COMMUNES if UNITS.unit(path[0], DAY).pilot}  # type: ignore[union-attr]
    assert (found["pilot"]["communes"], found["rest"]["communes"]) == (len(pilots), 99 - len(pilots))
    sides = ["pilot" if path[0] in pilots else "rest" for path in COMMUNES[:2]]
    expected = {"pilot": 0, "rest": 0}
    for side, n in zip(sides, (16, 1), strict=True):
        expected[side] += n
    assert {side: found[side]["opinions"] for side in expected} == expected
    page = (await client.get("/dashboard", params=SPAN)).text
    assert "Thí điểm năm 2024 và phần còn lại" in page


async def test_a_case_that_a_change_moved_is_counted_where_it_was_by_what_is_known_now(
    client: httpx2.AsyncClient, installation: Installation
) -> None:
    """Moved by a later change it stays where it was; a change recorded late moves its count and roll-ups."""
    counts = Counts(installation)
    before = await counts.value("SELECT sum(consumed) FROM positions WHERE topic = 'cases.events'")
    here, there = COMMUNES[5], COMMUNES[6]
    day = date(2026, 11, 10)
    opened = facts(here, report_date=day)
    moved = opened.model_copy(update={"unit": there[0], "path": there, "path_then": here})
    late = opened.model_copy(update={"unit": there[0], "path": there})
    first, second = 7_000, 7_001
    sent = await publish(
        installation.bootstrap,
        [
            case_event(first, 1, opened, UNITS.version),
            case_event(second, 1, opened, UNITS.version),
            case_event(first, 2, moved, UNITS.version),
            case_event(second, 2, late, UNITS.version),
        ],
    )
    await counts.consumed("cases.events", before + sent)
    await counts.rolled_up()
    sql = "SELECT sum(n) FROM rollups WHERE unit = $1 AND day = $2"
    assert [await counts.value(sql, path[0], day) for path in (here, there)] == [1, 1]
    assert await counts.rows(ROLLUPS_DIFFER) == []
    stands = "SELECT now_unit FROM counted_cases WHERE case_id = $1"
    assert await counts.value(stands, case_id(first)) == there[0]
    assert await counts.value(stands, case_id(second)) is None
    assert await counts.value("SELECT count(*) FROM counted_cases WHERE counted_at IS NULL") == 0
    span = {"from": str(day), "to": str(day), "as_of": "today", "unit": here[0]}
    assert (await client.get("/v1/totals", params=span)).status_code == 200
