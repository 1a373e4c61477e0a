"""`/v1/reports`: send a report, look at it, take it back, have it forgotten."""

import time
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from services.intake import metrics
from services.intake.api.answers import not_taken, refused
from services.intake.api.requests import (
    MAX_REPORT,
    counted,
    idempotency_key,
    limit_rate,
    read_body,
    sender,
)
from services.intake.api.schemas import ACCEPTED, FEEDBACK, PROBLEM, REPORT, STATUS, FeedbackBody
from services.intake.domain import strict_json
from services.intake.domain.candidate import Became, Outcome
from services.intake.domain.problems import Problem as FieldProblem
from services.intake.domain.record import trace_of
from services.intake.domain.source import Source
from services.intake.domain.submission import Accepted, decide
from services.intake.domain.tracking import show
from services.intake.front import PUBLIC_DOOR, Front
from services.intake.micro_batch import Busy, Unknown
from services.intake.progress import as_json
from services.intake.use_cases.candidates import candidate, refusal
from services.intake.use_cases.receipt import FeedbackRefused
from shared.web.problems import Problem, language


def router(front: Front) -> APIRouter:
    """The routes, over the doors' common ground."""
    routes = APIRouter(tags=["reports"])
    described: dict[str, Any] = {"status_code": 202, "openapi_extra": REPORT, "responses": ACCEPTED}
    routes.add_api_route("/v1/reports", report_door(front), methods=["POST"], name="post_report", **described)

    @routes.get("/v1/reports/{code}", responses=STATUS)
    async def get_report(request: Request, code: str) -> JSONResponse:
        """How far a report is, by its tracking code. No identity, no text."""
        receipt = await front.receipts.look(code)
        if receipt is None:
            raise Problem("not_found")
        shown = as_json(receipt, front.texts, front.map.current, language(request))
        return JSONResponse(shown, headers={"Cache-Control": "no-store"})

    @routes.post("/v1/reports/{code}/feedback", responses=FEEDBACK)
    async def feedback(code: str, said: FeedbackBody) -> JSONResponse:
        """Agree with the answer of a case, or object: once for each settlement. The same again changes
        nothing."""
        try:
            kept = await front.receipts.give_feedback(code, said.verdict, said.case_id)
        except FeedbackRefused as refused:
            raise not_taken(refused.code, "case_id") from None
        if kept is None:
            raise Problem("not_found")
        told = {"tracking_code": code, "verdict": kept.verdict, "given_at": kept.given_at.isoformat()}
        return JSONResponse(told, headers={"Cache-Control": "no-store"})

    @routes.post("/v1/reports/{code}:withdraw", responses=PROBLEM)
    async def withdraw(code: str) -> JSONResponse:
        """Take a report back. Doing it again changes nothing."""
        at = await front.receipts.withdraw(code)
        if at is None:
            raise Problem("not_found" if await front.receipts.look(code) is None else "erased")
        return JSONResponse({"tracking_code": code, "withdrawn_at": at.isoformat()})

    @routes.post("/v1/reports/{code}:erase", responses=PROBLEM)
    async def erase(request: Request, code: str) -> JSONResponse:
        """Destroy the reporter's identity and words. Doing it again changes nothing."""
        at = await front.receipts.erase(code)
        if at is None:
            raise Problem("not_found")
        note = front.texts.text("receipt.erased_note", language(request))
        return JSONResponse({"tracking_code": code, "erased_at": at.isoformat(), "note": note})

    return routes


def report_door(front: Front) -> Callable[[Request], Awaitable[Response]]:
    """The endpoint that takes reports; also mounted as a plain route, past FastAPI's own work a request."""

    async def post_report(request: Request) -> Response:
        """Send a report. The same Idempotency-Key with the same body gives the same answer again."""
        began = time.perf_counter()
        outcome = await _submit(request, front)
        if outcome.became is Became.CONFLICT:
            raise Problem("idempotency_key_reused")
        metrics.HTTP_SECONDS.observe(time.perf_counter() - began)
        code = show(front.code(outcome.report_id))
        status_url = f"/v1/reports/{code}"
        answer = {"report_id": str(outcome.report_id), "tracking_code": code, "status_url": status_url}
        return JSONResponse(answer, 202, {"Location": status_url, "Cache-Control": "no-store"})

    return post_report


async def _submit(request: Request, front: Front) -> Outcome:
    with counted(front, "http"):
        source = await sender(request, front)
        limit_rate(request, front, source)
        key = idempotency_key(request, source)
        body = await read_body(request, ("application/json",), MAX_REPORT)
        return await _decide(request, front, source, key, body)


async def _decide(request: Request, front: Front, source: Source | None, key: str, body: bytes) -> Outcome:
    trace = trace_of(request.headers.get("traceparent"))
    fields = strict_json.parse(body)
    if isinstance(fields, FieldProblem):
        await _remember(front, source, key, {"raw": body.hex()}, (fields,), trace=trace)
        raise refused("invalid", (fields,))
    door = source.door if source else PUBLIC_DOOR
    found = decide(fields, door, datetime.now(UTC))
    if not isinstance(found, Accepted):
        await _remember(front, source, key, fields, found, trace=trace)
        raise refused("invalid", found)
    coming = candidate(front.keys, source, key, fields, found, door="http", traceparent=trace)
    try:
        return await front.batch.submit(coming)
    except Busy:
        raise Problem("busy") from None
    except Unknown:
        raise Problem("outcome_unknown") from None


async def _remember(
    front: Front,
    source: Source | None,
    key: str,
    told: dict[str, Any],
    problems: Sequence[FieldProblem],
    *,
    trace: str | None,
) -> None:
    """A registered source may ask later what was wrong; the public has its answer now."""
    if source is not None:
        await front.admit.keep_refusal(refusal(front.keys, source, key, told, problems, traceparent=trace))
