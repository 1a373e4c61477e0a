"""Whether a process can do its work now, and the three addresses that say what an operator asks."""

import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.telemetry.metrics import READY

Check = Callable[[], Awaitable[None]]
"""Raises when the dependency does not answer; the error's text must hold no secret."""


class NotReady(Exception):
    """A dependency answers, but what we need of it is not there yet; the text says what."""


@dataclass
class Health:
    """What this process needs in order to be ready. A background task calls `look` every second or so."""

    service: str
    checks: dict[str, Check] = field(default_factory=dict)
    stale_after_s: float = 10.0
    _problems: dict[str, str] = field(default_factory=lambda: {"process": "starting"})
    _looked_at: float = 0.0

    async def look(self) -> None:
        """Ask every dependency, one after the other; each check bounds its own time."""
        problems = {}
        for name, check in self.checks.items():
            try:
                await check()
            except Exception as error:
                problems[name] = type(error).__name__ + (f": {error}" if isinstance(error, NotReady) else "")
            READY.labels(self.service, name).set(name not in problems)
        self._problems, self._looked_at = problems, time.monotonic()

    @property
    def problems(self) -> dict[str, str]:
        """{dependency: what is wrong}, empty when ready."""
        if self._looked_at and time.monotonic() - self._looked_at > self.stale_after_s:
            return {"process": "health checks are stuck"}
        return self._problems

    def router(self) -> APIRouter:
        """`/livez`, `/readyz` and `/metrics`."""
        router = APIRouter(include_in_schema=False)

        @router.get("/livez")
        async def livez() -> PlainTextResponse:
            return PlainTextResponse("ok\n")

        @router.get("/readyz")
        async def readyz() -> JSONResponse:
            problems = self.problems
            return JSONResponse({"ready": not problems, "problems": problems}, 503 if problems else 200)

        @router.get("/metrics")
        async def metrics() -> Response:
            return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

        return router
