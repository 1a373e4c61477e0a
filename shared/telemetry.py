"""Logs, metrics and health: what an operator sees of a process.

Logs are JSON lines (structlog) without personal data; metrics follow Prometheus naming; `/livez` says the
process turns, `/readyz` that it can do its work now and, if not, what is missing.
"""

import logging
import sys
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog
from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Gauge, Histogram, generate_latest

RECORDS = Counter(
    "langnghe_records_total", "Kafka records settled, by outcome", ("service", "topic", "outcome")
)
BATCH_SECONDS = Histogram(
    "langnghe_batch_seconds",
    "Time to settle one batch, from handler to commit",
    ("service", "topic"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
LAG = Gauge("langnghe_lag_records", "Log end minus position", ("service", "topic", "partition"))
PAUSED = Gauge(
    "langnghe_partition_paused", "1 while a gap needs a decision", ("service", "topic", "partition")
)
OUTBOX = Gauge("langnghe_outbox_rows", "Events committed and not yet in Kafka", ("service",))
RELAYED = Counter("langnghe_relayed_total", "Events handed from the outbox to Kafka", ("service",))
RELAY_FAILURES = Counter("langnghe_relay_failures_total", "Rounds of the relay that failed", ("service",))
RETRIES = Counter("langnghe_retries_total", "Batches tried again, by cause", ("service", "topic", "cause"))
READY = Gauge("langnghe_ready", "1 while the dependency answers", ("service", "dependency"))


def configure_logs(service: str, level: str = "INFO") -> None:
    """JSON lines on standard output, ours and the libraries'."""
    shared_processors: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared_processors],
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(formatter)
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for noisy in ("aiokafka", "faststream", "kafka", "uvicorn.access", "httpx"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*shared_processors, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    structlog.contextvars.bind_contextvars(service=service)


Check = Callable[[], Awaitable[None]]
"""Raises when the dependency does not answer; the error's text must hold no secret."""


@dataclass
class Health:
    """What this process needs in order to be ready. A background task calls `look` every second or so."""

    service: str
    checks: dict[str, Check] = field(default_factory=dict)
    stale_after_s: float = 10.0
    _problems: dict[str, str] = field(default_factory=lambda: {"process": "starting"})
    _looked_at: float = 0.0

    async def look(self) -> None:
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
        if self._looked_at and time.monotonic() - self._looked_at > self.stale_after_s:
            return {"process": "health checks are stuck"}
        return self._problems

    def router(self) -> APIRouter:
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


class NotReady(Exception):
    """A dependency answers, but what we need of it is not there yet; the text says what."""
