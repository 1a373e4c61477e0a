"""Reading what a client sent: bounded, uncompressed, of a known kind, from a known sender."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final
from uuid import UUID

from fastapi import Request

from services.intake import metrics
from services.intake.api.answers import UNSETTLED
from services.intake.domain.candidate import DoorName, plain_key
from services.intake.domain.source import Source
from services.intake.front import Front
from shared.web.problems import Problem

MAX_REPORT: Final = 256 * 1024
MAX_SHEET: Final = 4 * 1024 * 1024


@contextmanager
def counted(front: Front, door: DoorName) -> Iterator[None]:
    """Count every Problem raised within: each request that a door turns away, once, by its code."""
    try:
        yield
    except Problem as problem:
        if problem.code in UNSETTLED:
            metrics.UNSETTLED.labels(door, problem.code).inc()
        else:
            front.admit.refused(door, problem.code)
        raise


async def read_body(request: Request, kinds: tuple[str, ...], limit: int) -> bytes:
    """The body, at most `limit` bytes, counted while it streams in. Raises Problem."""
    if request.headers.get("content-encoding", "identity") != "identity":
        raise Problem("content_encoding")
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in kinds:
        raise Problem("content_type")
    told = request.headers.get("content-length", "")
    if told.isdecimal() and int(told[:20]) > limit:
        raise Problem("body_too_large")
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > limit:
            raise Problem("body_too_large")
        chunks.append(chunk)
    return b"".join(chunks)


async def sender(request: Request, front: Front) -> Source | None:
    """The registered source that the bearer token belongs to; None without one. Raises Problem."""
    told = request.headers.get("authorization")
    if told is None:
        return None
    scheme, _, token = told.partition(" ")
    source = await front.sources.by_token(token.strip()) if scheme.lower() == "bearer" else None
    if source is None:
        raise Problem("token_invalid", headers={"WWW-Authenticate": 'Bearer realm="langnghe"'})
    return source


async def registered_sender(request: Request, front: Front) -> Source:
    """As `sender`, for routes that are for registered sources only."""
    source = await sender(request, front)
    if source is None:
        raise Problem("token_invalid", headers={"WWW-Authenticate": 'Bearer realm="langnghe"'})
    return source


def limit_rate(request: Request, front: Front, source: Source | None) -> None:
    """Raises Problem when the client is beyond its limit."""
    client = request.client.host if request.client else ""
    if not front.may_come(client, source):
        raise Problem("too_many_requests", headers={"Retry-After": "60"})


def idempotency_key(request: Request, source: Source | None) -> str:
    """The Idempotency-Key: a UUID from the public, any line from a registered source. Raises Problem."""
    told = request.headers.get("idempotency-key", "").strip().strip('"')
    if not told:
        raise Problem("idempotency_key_missing")
    if source is None:
        try:
            return str(UUID(told))
        except ValueError:
            raise Problem("idempotency_key_malformed") from None
    if not plain_key(told):
        raise Problem("idempotency_key_malformed")
    return told
