"""The receipt: how far a report is, by its tracking code; judging the answer; taking it back; erasing."""

from collections.abc import Mapping
from urllib.parse import parse_qsl, quote
from uuid import UUID

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.templating import Jinja2Templates

from services.intake import metrics
from services.intake.api.answers import not_taken
from services.intake.api.requests import read_body
from services.intake.domain.tracking import show
from services.intake.front import Front
from services.intake.pages.shown import shown
from services.intake.use_cases.receipt import FeedbackRefused
from shared.contracts.vocabulary import Verdict
from shared.web.problems import Problem

_ACTS = {"rut": "withdraw", "xoa": "erase"}
_VERDICTS: Mapping[str, Verdict] = {"agree": "agree", "object": "object"}
_MOST = 1_024
_PARTS = ("title", "text", "do")


class ReceiptPages:
    """`/tra-cuu`, over the doors' common ground."""

    def __init__(self, front: Front, pages: Jinja2Templates) -> None:
        self._front, self._pages = front, pages

    def router(self) -> APIRouter:
        """The routes."""
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/tra-cuu", self.lookup, methods=["GET"])
        routes.add_api_route("/tra-cuu/{code}", self.receipt, methods=["GET"])
        routes.add_api_route("/tra-cuu/{code}/y-kien", self.say, methods=["POST"])
        routes.add_api_route("/tra-cuu/{code}/{act}", self.confirm, methods=["GET"])
        routes.add_api_route("/tra-cuu/{code}/{act}", self.act, methods=["POST"])
        return routes

    async def lookup(self, request: Request, ma: str = "") -> Response:
        """Ask for a code; a code that was typed leads to its page."""
        if ma.strip():
            return RedirectResponse(f"/tra-cuu/{quote(ma.strip()[:60], safe='')}", 303)
        context = {"active": "lookup", "values": {}, "errors": {}}
        return self._pages.TemplateResponse(request, "lookup.html", context)

    async def receipt(self, request: Request, code: str) -> Response:
        """How far the report is."""
        found = await self._front.receipts.look(code)
        if found is None:
            return self._unknown(request, code)
        fresh = request.query_params.get("moi") == "1"
        context = shown(self._front, found, fresh=fresh)
        return self._pages.TemplateResponse(request, "receipt.html", context)

    async def confirm(self, request: Request, code: str, act: str) -> Response:
        """Ask once more before what cannot be undone."""
        found = await self._front.receipts.look(code)
        if found is None or act not in _ACTS:
            return self._unknown(request, code)
        said = {part: self._front.texts.text(f"receipt.{_ACTS[act]}_{part}") for part in _PARTS}
        context = {"active": "lookup", "code": show(found.code), "act": act, **said}
        return self._pages.TemplateResponse(request, "confirm.html", context)

    async def say(self, request: Request, code: str) -> Response:
        """Agree with an answer or object to it, however often it is pressed; then show how it stands."""
        body = await read_body(request, ("application/x-www-form-urlencoded",), _MOST)
        verdict, case_id = _said(body)
        try:
            if await self._front.receipts.give_feedback(code, verdict, case_id) is None:
                return self._unknown(request, code)
        except FeedbackRefused as refused:
            metrics.FEEDBACK.labels(refused.code).inc()
            if refused.code == "feedback_case":
                raise not_taken(refused.code, "viec") from None
            # The page shows what was said before, or that there is nothing to judge any more.
        there = f"ket-qua-{case_id}" if case_id else "ket-qua"
        return RedirectResponse(f"/tra-cuu/{quote(code, safe='')}#{there}", 303)

    async def act(self, request: Request, code: str, act: str) -> Response:
        """Take back, or erase; then show how it stands."""
        found = await self._front.receipts.look(code)
        if found is None or act not in _ACTS:
            return self._unknown(request, code)
        if _ACTS[act] == "withdraw":
            await self._front.receipts.withdraw(code)
        else:
            await self._front.receipts.erase(code)
        return RedirectResponse(f"/tra-cuu/{show(found.code)}", 303)

    def _unknown(self, request: Request, code: str) -> Response:
        context = {
            "active": "lookup",
            "values": {"ma": code[:60]},
            "errors": {"ma": self._front.texts.text("lookup.unknown")},
        }
        return self._pages.TemplateResponse(request, "lookup.html", context, status_code=404)


def _said(body: bytes) -> tuple[Verdict, UUID | None]:
    """The button that was pressed, and the case that it stood at, where the page named one."""
    try:
        told = dict(parse_qsl(body.decode("ascii"), strict_parsing=True, max_num_fields=2))
        return _VERDICTS[told["y_kien"]], UUID(told["viec"]) if "viec" in told else None
    except (KeyError, ValueError):
        raise Problem("bad_request") from None
