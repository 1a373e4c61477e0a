"""A write that another site's page makes a browser send is refused; our own pages' and programs' are not."""

import pytest
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from shared.web.same_origin import SameOriginWrites


async def _say(_request):
    return PlainTextResponse("done")


APP = SameOriginWrites(Starlette(routes=[Route("/", _say, methods=["GET", "POST"])]))
CLIENT = TestClient(APP, base_url="http://127.0.0.1:8100")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8100"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Origin": "http://127.0.0.1:8100"}, 200),
        ({"Origin": "http://127.0.0.1:9999"}, 403),
        ({"Origin": "https://example.org"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
def test_who_may_write(headers, status):
    assert CLIENT.post("/", headers=headers).status_code == status
    assert CLIENT.get("/", headers=headers).status_code == 200
