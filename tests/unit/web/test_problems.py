"""What is wrong is said in the caller's language, to a browser as a page, and never with what was sent."""

import json
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient

from shared.web import NavLink, SecurityHeaders, mount_static
from shared.web.problems import STATUSES, FieldError, Problem, Problems, language

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SECRET = "0900 000 145"


def unavailable(_what: str = "") -> Any:
    raise asyncpg.CannotConnectNowError(SECRET)


def broken(_what: str = "") -> Any:
    raise asyncpg.DataError(SECRET)


def of_own(_what: str = "") -> Any:
    raise Problem("teapot", [FieldError("leaf", "invalid_value")], {"Allow": "tea"})


def forbidden(_what: str = "") -> Any:
    raise HTTPException(400, SECRET)


def numbered(n: int) -> int:
    return n


@pytest.fixture
def client(tmp_path: Path) -> TestClient:
    (tmp_path / "vi.toml").write_text('[problem]\nteapot = "Đây là ấm trà."\n')
    (tmp_path / "en.toml").write_text('[problem]\nteapot = "This is a teapot."\n')
    app = FastAPI()
    for path, route in {"away": unavailable, "broken": broken, "own": of_own, "bad": forbidden}.items():
        app.add_api_route(f"/v1/{path}", route)
        app.add_api_route(f"/{path}", route)
    app.add_api_route("/v1/numbers/{n}", numbered)
    Problems(tmp_path, {"teapot": 418}).install(app, "test", [NavLink("home", "/", "Trang đầu")])
    mount_static(app)
    app.add_middleware(SecurityHeaders)
    return TestClient(app)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/away", 503, "unavailable"),
        ("/v1/broken", 500, "failed"),
        ("/v1/own", 418, "teapot"),
        ("/v1/bad", 400, "bad_request"),
        ("/v1/nowhere", 404, "not_found"),
        ("/nowhere", 404, "not_found"),
        ("/v1/numbers/two", 422, "invalid"),
    ],
)
def test_programs_get_problem_details_and_people_a_page(
    client: TestClient, path: str, status: int, code: str
) -> None:
    answer = client.get(path, headers={"Accept-Language": "en-GB, vi;q=0.5"})
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert answer.headers["content-language"] == "en"
    assert answer.headers["x-content-type-options"] == "nosniff"
    told = answer.json()
    assert (told["type"], told["status"]) == (f"urn:langnghe:problem:{code}", status)
    assert told["title"].isascii()
    assert not client.get(path).json()["title"].isascii()
    page = client.get(path.removeprefix("/v1"), headers=BROWSER)
    if path != "/v1/numbers/two":
        assert page.status_code == status
        assert page.headers["content-type"].startswith("text/html")
        assert '<html lang="vi">' in page.text
        assert "Trang đầu" in page.text
    assert SECRET not in answer.text + page.text


def test_what_broke_is_found_in_the_log_by_its_id(
    client: TestClient, capsys: pytest.CaptureFixture[str]
) -> None:
    told = client.get("/v1/broken").json()
    logged = capsys.readouterr().out
    assert told["log_id"] in logged
    assert "DataError" in logged
    assert "test_problems.py" in logged
    assert SECRET not in logged
    page = client.get("/broken", headers=BROWSER).text
    assert capsys.readouterr().out.split("log_id=")[1][:36].strip("'") in page


def test_a_database_that_is_away_asks_to_come_again(client: TestClient) -> None:
    assert client.get("/v1/away").headers["retry-after"] == "1"
    assert "Xin thử lại sau ít phút." in client.get("/away", headers=BROWSER).text


def test_a_field_at_fault_is_named(client: TestClient) -> None:
    told = client.get("/v1/numbers/two").json()
    assert [(e["field"], e["code"]) for e in told["errors"]] == [("n", "invalid_value")]
    own = client.get("/v1/own")
    assert own.json()["errors"] == [
        {"field": "leaf", "code": "invalid_value", "detail": "Giá trị chưa hợp lệ."}
    ]
    assert own.headers["allow"] == "tea"


def test_a_method_that_cannot_be_used_is_said_with_those_that_can(client: TestClient) -> None:
    answer = client.delete("/v1/own")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET")
    assert json.loads(answer.text)["type"].endswith("method_not_allowed")


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("", "vi"),
        ("en", "en"),
        ("en-US,en;q=0.9", "en"),
        ("vi,en;q=0.9", "vi"),
        ("en;q=0.2, vi;q=0.3", "vi"),
        ("vi; q=0.1, EN; q=0.8", "en"),
        ("en;q=x", "vi"),
        ("fr, de", "vi"),
        ("en;q=0", "vi"),
    ],
)
def test_english_only_for_who_prefers_it(accepted: str, expected: str) -> None:
    headers = [(b"accept-language", accepted.encode())]
    assert language(Request({"type": "http", "headers": headers})) == expected


def test_every_common_code_has_its_text_in_both_languages() -> None:
    from shared.web.catalogue import BASE_TEXTS, Catalogue

    catalogue = Catalogue.load(BASE_TEXTS)
    for tongue in ("vi", "en"):
        assert {f"problem.{code}" for code in (*STATUSES, "invalid_value")} <= catalogue.keys(tongue)
