"""A receiver of webhooks for the demo: takes what is signed as Standard Webhooks says, refuses the rest.

`python -m deploy.cli.demo.receiver --port P`, with the secret in LANGNGHE_DEMO_WEBHOOK_SECRET. Loopback only.
"""

import argparse
import hmac
import os
import time
from typing import Any

import orjson
import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse

from services.notify.senders.signing import sign
from shared.web.loopback import LoopbackOnly

_TOLERANCE_S = 300


def application(secret: str) -> FastAPI:
    """`POST /hooks` takes; `GET /count` says how many; `GET /` shows the newest."""
    app = FastAPI(title="Webhooks", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(LoopbackOnly)
    taken: dict[str, Any] = {}
    refused = [0]

    @app.post("/hooks")
    async def take(request: Request) -> Response:
        body = await request.body()
        if not _genuine(secret, request, body):
            refused[0] += 1
            return Response(status_code=401)
        taken[request.headers["webhook-id"]] = orjson.loads(body)
        return Response(status_code=204)

    @app.get("/count")
    async def count() -> dict[str, int]:
        return {"count": len(taken), "refused": refused[0]}

    @app.get("/")
    async def newest() -> JSONResponse:
        return JSONResponse([{"webhook-id": id_, **body} for id_, body in list(taken.items())[-50:]])

    return app


def _genuine(secret: str, request: Request, body: bytes) -> bool:
    id_, at = request.headers.get("webhook-id", ""), request.headers.get("webhook-timestamp", "")
    if not id_ or not at.isdecimal() or abs(time.time() - int(at)) > _TOLERANCE_S:
        return False
    wanted = sign(secret, id_, int(at), body)
    return any(
        hmac.compare_digest(wanted, given) for given in request.headers.get("webhook-signature", "").split()
    )


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    port = parser.parse_args().port
    app = application(os.environ["LANGNGHE_DEMO_WEBHOOK_SECRET"])
    uvicorn.run(app, host="127.0.0.1", port=port, access_log=False, log_level="warning")


if __name__ == "__main__":
    main()
