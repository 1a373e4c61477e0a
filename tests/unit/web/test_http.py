"""Headers and static files, asked for through the application."""

from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.responses import HTMLResponse
from fastapi.testclient import TestClient
from starlette.requests import Request
from starlette.responses import Response

import shared.web as web
from shared.web.static_files import STATIC_DIR, content_hash, static_url


@pytest.fixture(scope="module")
def client() -> TestClient:
    app = FastAPI()
    app.add_middleware(web.SecurityHeaders)
    web.mount_static(app)
    pages = web.templates(Path(__file__).parent / "pages", banner="Đăng nhập thử")

    @app.get("/page")
    def page(request: Request) -> Response:
        return pages.TemplateResponse(request, "form.html", {"values": {}, "errors": {}})

    @app.get("/own", response_class=HTMLResponse)
    def own() -> Response:
        return HTMLResponse("x", headers={"Cache-Control": "max-age=60", "Referrer-Policy": "same-origin"})

    return TestClient(app, base_url="http://testserver/intake", root_path="/intake")


@pytest.mark.parametrize("path", ["/page", "/static/base.css", "/nowhere"])
def test_every_answer_is_kept_to_itself(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_pages_are_not_stored_unless_they_say_so(client: TestClient) -> None:
    assert client.get("/page").headers["cache-control"] == "no-store"
    own = client.get("/own").headers
    assert own["cache-control"] == "max-age=60"
    assert own.get_list("referrer-policy") == ["same-origin"]


def test_page_finds_its_static_files_behind_a_prefix(client: TestClient) -> None:
    html = client.get("/page").text
    assert f'href="/intake/static/base.css?v={content_hash("base.css")}"' in html
    assert "Đăng nhập thử" in html


def test_static_files_are_kept_only_under_the_hash_of_their_content(client: TestClient) -> None:
    assert "immutable" in client.get(static_url("base.css")).headers["cache-control"]
    assert client.get("/static/base.css").headers["cache-control"] == "no-cache"
    assert client.get("/static/base.css?v=0123456789ab").headers["cache-control"] == "no-cache"
    assert client.get("/static/../filters.py").status_code == 404


def test_a_misspelt_static_file_fails_when_the_page_is_made() -> None:
    with pytest.raises(FileNotFoundError):
        static_url("bas.css")


def test_style_sheets_ask_nothing_of_other_hosts() -> None:
    for sheet in STATIC_DIR.glob("*.css"):
        text = sheet.read_text(encoding="utf-8")
        assert "url(" not in text, sheet.name
        assert "@import" not in text, sheet.name
