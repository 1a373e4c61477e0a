"""Cases for programs: facts, filters, keyset pages, problem details."""

from datetime import date
from typing import Any
from uuid import UUID

import httpx2
import pytest

from shared.database import Database
from tests.integration.routing.support import TEXT, VU_NINH, apply, fresh, report
from tests.support import Running
from tests.unit.routing.ground import basis, commune

PROVINCE = basis().home(date(2026, 11, 20))
TEXTS = (
    TEXT,
    "Chủ tịch xã Văn Môn ăn chặn tiền hỗ trợ bão",
    "Huyện Quế Võ cắt điện luân phiên mà không báo",
    "Cháy lớn ở chợ phường Quế Võ, cứu với",
    "Tôi khiếu nại quyết định thu hồi đất của UBND xã Tam Đa",
)


async def pages(client: httpx2.AsyncClient, **asked: Any) -> list[dict[str, Any]]:
    """Every case that a question finds, page by page."""
    found: list[dict[str, Any]] = []
    after: dict[str, str] = {}
    while True:
        answer = (await client.get("/v1/cases", params={**asked, **after})).json()
        found += answer["cases"]
        if answer["next"] is None:
            return found
        after = {"after": answer["next"]}


async def test_each_filter_finds_just_what_it_asks(
    service: Running, database: Database, routing: httpx2.AsyncClient
) -> None:
    old = {"report_date": date(2025, 3, 3), "received_at": "2025-03-03T02:00:00Z"}
    await apply(database, *map(report, TEXTS), report("Rác ở xã Yên Giả ba ngày chưa ai dọn", **old))
    cases = await pages(routing)

    def are(**asked: Any) -> Any:
        return pages(routing, **asked)

    by_fact = {
        "category": "rac-thai",
        "state": "triage",
        "level": "province",
        "severity": "3",
        "legal_kind": "khieu_nai",
        "purpose": "request",
    }
    for name, wanted in by_fact.items():
        expected = [c for c in cases if str(c["facts"][name]) == wanted]
        assert expected, name
        assert await are(**{name: wanted}) == expected
    assert await are(restricted="true") == [c for c in cases if c["facts"]["restricted"]] != []
    assert await are(unit=PROVINCE) == [c for c in cases if PROVINCE in c["facts"]["path"]]
    assert await are(unit=VU_NINH) == [c for c in cases if commune(VU_NINH) in c["facts"]["path"]] != []
    # A district that is no more, by its id: the case of its time.
    (former,) = [c for c in cases if c["facts"]["report_date"] == "2025-03-03"]
    district = former["facts"]["path"][1]
    assert await are(unit=district) == [former]
    assert await are(to="2025-12-31") == [former]
    assert former not in await are(**{"from": "2025-03-04"})
    police = [c for c in cases if str(c["facts"]["resolving_owner"]).startswith("cong_an@")]
    assert await are(owner="cong_an") == police != []
    assert await are(owner=police[0]["facts"]["resolving_owner"]) == police
    assert former in await are(overdue="true")
    assert len(await are(overdue="true")) + len(await are(overdue="false")) == len(cases)
    assert await are(unit=VU_NINH, state="triage") == []


async def test_every_case_comes_once_page_by_page_also_while_new_ones_arrive(
    service: Running, database: Database, routing: httpx2.AsyncClient
) -> None:
    await apply(database, *(report(TEXT) for _ in range(300)))
    before = {c["case_id"] for c in await pages(routing, limit=200)}
    assert len(before) >= 300
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        answer = (await routing.get("/v1/cases", params={"limit": 37, **after})).json()
        seen += [c["case_id"] for c in answer["cases"]]
        await apply(database, report(TEXT))
        if answer["next"] is None:
            break
        after = {"after": answer["next"]}
    assert len(seen) == len(set(seen))
    assert set(seen) == before
    assert seen == sorted(seen, reverse=True)


async def test_the_page_before_is_the_page_that_one_came_from(
    service: Running, database: Database, routing: httpx2.AsyncClient
) -> None:
    await apply(database, *(report(TEXT) for _ in range(25)))
    first = (await routing.get("/v1/cases", params={"limit": 10})).json()
    second = (await routing.get("/v1/cases", params={"limit": 10, "after": first["next"]})).json()
    edge = second["cases"][0]["case_id"]
    back = (await routing.get("/v1/cases", params={"limit": 10, "before": edge})).json()
    assert back["cases"] == first["cases"]
    assert back["next"] == first["next"]
    page = (await routing.get("/cases", params={"limit": 10, "before": edge})).text
    assert f"after={first['next']}" in page
    assert 'rel="prev"' not in page


async def test_one_case_with_its_reasons_and_no_word_of_its_text(
    service: Running, database: Database, routing: httpx2.AsyncClient
) -> None:
    made = report("Huyện Quế Võ cắt điện luân phiên mà không báo")
    await apply(database, made)
    answer = await routing.get(f"/v1/cases/{made.report_id}")
    case = answer.json()
    assert (case["case_id"], case["version"], case["triage"]) == (str(made.report_id), 1, "place")
    assert case["code"] == f"{made.report_id.hex[-8:-4]}-{made.report_id.hex[-4:]}".upper()
    assert sum(c["probability"] for c in case["candidates"]) > 0.5
    (opened,) = case["decisions"]
    assert {r["rule"].split(".")[0] for r in opened["reasons"]} >= {"place", "topic", "nature", "competence"}
    assert all(r["version"] for r in opened["reasons"])
    assert set(case["audience"]) >= {case["facts"]["listening_owner"]}
    assert not any(word in answer.text for word in ("luân phiên", "cắt điện", "words", "evidence"))


WRONG: list[tuple[dict[str, str], list[tuple[str, str]]]] = [
    ({"colour": "red"}, [("colour", "unknown_parameter")]),
    ({"state": "x", "limit": "0"}, [("state", "unknown_value"), ("limit", "bad_limit")]),
    ({"limit": "201"}, [("limit", "bad_limit")]),
    ({"severity": "4"}, [("severity", "unknown_value")]),
    ({"unit": "no\x00unit"}, [("unit", "unknown_unit")]),
    ({"from": "2026-02-30"}, [("from", "bad_date")]),
    ({"to": "20261120"}, [("to", "bad_date")]),
    ({"from": "2026-11-02", "to": "2026-11-01"}, [("from", "bad_range")]),
    ({"owner": "x'; DROP TABLE cases; --"}, [("owner", "unknown_value")]),
    ({"after": "1"}, [("after", "bad_cursor")]),
    ({"after": str(UUID(int=1)), "before": str(UUID(int=2))}, [("before", "two_cursors")]),
    ({"restricted": "maybe"}, [("restricted", "unknown_value")]),
    ({"unit": "24", "as_of": "today", "known_at": "99999"}, [("known_at", "bad_known_at")]),
    ({"unit": "24", "known_at": "34"}, [("known_at", "known_at_alone")]),
]


@pytest.mark.parametrize(("asked", "errors"), WRONG)
async def test_a_wrong_question_is_refused_by_the_name_of_its_field(
    service: Running, routing: httpx2.AsyncClient, asked: dict[str, str], errors: list[tuple[str, str]]
) -> None:
    answer = await routing.get("/v1/cases", params=asked, headers={"Accept-Language": "en"})
    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert answer.headers["content-language"] == "en"
    body = answer.json()
    assert (body["type"], body["status"]) == ("urn:langnghe:problem:invalid", 422)
    assert [(e["field"], e["code"]) for e in body["errors"]] == errors
    assert all(e["detail"].isascii() for e in body["errors"])


async def test_an_unknown_case_is_a_problem_in_vietnamese(
    service: Running, routing: httpx2.AsyncClient
) -> None:
    for name in (fresh(), "nothing"):
        answer = await routing.get(f"/v1/cases/{name}")
        assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")
        assert answer.json()["detail"] == "Không có vụ việc này."


async def test_the_description_names_every_parameter_and_what_it_may_be(
    service: Running, routing: httpx2.AsyncClient
) -> None:
    described = (await routing.get("/openapi.json")).json()
    listed = described["paths"]["/v1/cases"]["get"]
    told = {p["name"]: p for p in listed["parameters"]}
    assert {"unit", "category", "owner", "from", "to", "overdue", "after", "limit"} <= set(told)
    assert all(p["description"] for p in told.values())
    assert "rac-thai" in told["category"]["schema"]["enum"]
    assert "/cases" not in described["paths"]
    assert "CaseFacts" in described["components"]["schemas"]
