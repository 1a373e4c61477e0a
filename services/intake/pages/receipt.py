"""The receipt: how far a report is, by its tracking code; judging the answer; taking it back; erasing."""

from collections.abc import Mapping
from datetime import UTC, datetime
from urllib.parse import quote

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.templating import Jinja2Templates

from services.intake import metrics
from services.intake.api.requests import read_body
from services.intake.domain.tracking import show
from services.intake.front import Front
from services.intake.progress import due, handler, outcome, place, steps
from services.intake.use_cases.receipt import FeedbackRefused, Receipt
from shared.contracts.vocabulary import Verdict
from shared.web.problems import Problem

_ACTS = {"rut": "withdraw", "xoa": "erase"}
_VERDICTS: Mapping[str, Verdict] = {"y_kien=agree": "agree", "y_kien=object": "object"}
_MOST = 1_024
_PARTS = ("title", "text", "do")
_TONES = {
    "triage": "warn",
    "returned": "warn",
    "disputed": "warn",
    "withdrawn": "neutral",
    "erased": "neutral",
}


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
        context = _context(self._front, found, fresh=fresh)
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
        """Agree with the answer or object to it, however often it is pressed; then show how it stands."""
        body = await read_body(request, ("application/x-www-form-urlencoded",), _MOST)
        verdict = _VERDICTS.get(body.decode("latin-1"))
        if verdict is None:
            raise Problem("bad_request")
        try:
            if await self._front.receipts.give_feedback(code, verdict) is None:
                return self._unknown(request, code)
        except FeedbackRefused as refused:
            # The page shows what was said before, or that there is nothing to judge any more.
            metrics.FEEDBACK.labels(refused.code).inc()
        return RedirectResponse(f"/tra-cuu/{quote(code, safe='')}#ket-qua", 303)

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


def _context(front: Front, found: Receipt, *, fresh: bool) -> dict[str, object]:
    done = steps(found)
    last = done[-1]
    entries = [
        {
            "title": front.texts.label("progress", step.state),
            "at": step.at,
            "tone": _TONES.get(step.state, "good"),
            "current": step is last,
        }
        for step in done
    ]
    return {
        "active": "lookup",
        "code": show(found.code),
        "fresh": fresh,
        "entries": entries,
        "state": front.texts.label("progress_short", last.state),
        "tone": _TONES.get(last.state, "good"),
        "waiting": found.status is None,
        "purpose": found.tracked.purpose,
        "handler": handler(found.status, front.texts, front.map.current),
        "place": place(found.status, front.map.current),
        "due": due(found),
        "outcome": outcome(found.status, front.texts),
        "outcome_note": _note(front, found),
        "judge": found.awaits_feedback,
        "object_by": found.status.object_by if found.status and found.awaits_feedback else None,
        "said": front.texts.text(f"receipt.said_{found.feedback.verdict}") if found.feedback else "",
        "second": found.status is not None and found.status.settlement == 2,
        "now": datetime.now(UTC),
        "can_withdraw": not (found.tracked.withdrawn_at or found.tracked.erased_at),
        "can_erase": not found.tracked.erased_at,
    }


def _note(front: Front, found: Receipt) -> str:
    """What the outcome means for the reporter."""
    code = found.status.outcome if found.status else None
    return front.texts.text(f"outcome_note.{code}") if code else ""
