"""A request that broke is answered and logged by one id, whatever broke it."""

from collections.abc import Sequence
from pathlib import Path
from traceback import extract_tb
from typing import Protocol

import structlog
import uuid_utils
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.database import is_transient
from shared.telemetry.metrics import HTTP_FAILURES

log = structlog.get_logger()
_MOST_FRAMES = 8


class Answer(Protocol):
    """How the service says that it failed; `log_id` stands in the log line."""

    def __call__(self, request: Request, log_id: str, *, transient: bool) -> Response: ...


class AnswerFailures:
    """ASGI middleware, the outermost but for headers. An error's text may quote what somebody sent, so the
    log gets its type and the lines of code that it came through."""

    def __init__(self, app: ASGIApp, service: str, answer: Answer) -> None:
        self._app, self._service, self._answer = app, service, answer
        for reason in ("unavailable", "failed"):
            HTTP_FAILURES.labels(service, reason)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def watched(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            return
        except Exception as error:
            log_id = self._log(scope, error)
            if begun:
                raise ResponseCutShort(log_id) from None
            response = self._answer(Request(scope, receive), log_id, transient=is_transient(error))
            await response(scope, receive, send)

    def _log(self, scope: Scope, error: Exception) -> str:
        log_id, transient = str(uuid_utils.uuid7()), is_transient(error)
        HTTP_FAILURES.labels(self._service, "unavailable" if transient else "failed").inc()
        route = getattr(scope.get("route"), "path", "")
        told = {"log_id": log_id, "route": route, "error": type(error).__name__}
        if transient:
            log.warning("http.unavailable", **told)
        else:
            log.error("http.failed", **told, frames=_frames(error))
        return log_id


class ResponseCutShort(Exception):
    """A response had begun when its route failed: its connection is cut, and the log has the id."""


def _frames(error: Exception) -> Sequence[str]:
    """Where it came from, innermost last: `requests.py:40 read_body`."""
    frames = extract_tb(error.__traceback__)[-_MOST_FRAMES:]
    return [f"{Path(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames]
