"""The public form: written once, sent as often as somebody clicks, one report."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import uuid4

from fastapi import APIRouter, Request, Response
from fastapi.responses import RedirectResponse
from starlette.templating import Jinja2Templates

from services.intake import metrics
from services.intake.api.requests import MAX_REPORT, counted, limit_rate, read_body
from services.intake.domain.candidate import Became, is_uuid
from services.intake.domain.problems import Problem as FieldProblem
from services.intake.domain.submission import Accepted, check_submission
from services.intake.domain.tracking import show
from services.intake.front import PUBLIC_DOOR, Front
from services.intake.micro_batch import Busy, Unknown
from services.intake.pages.fields import errors_by_control, read_form, submission_fields
from services.intake.use_cases.candidates import candidate
from shared.contracts.vocabulary import BREADTHS, GROUPS, STANCES
from shared.local_time import LOCAL
from shared.units import full_name
from shared.web.problems import Problem

_REFUSED = {"too_many_requests": (429, "form.too_many"), "body_too_large": (413, "form.too_large")}


class FormPage:
    """`/`, over the doors' common ground."""

    def __init__(self, front: Front, pages: Jinja2Templates) -> None:
        self._front, self._pages = front, pages

    def router(self) -> APIRouter:
        """The routes."""
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/", self.empty, methods=["GET"])
        routes.add_api_route("/", self.send, methods=["POST"])
        return routes

    async def empty(self, request: Request) -> Response:
        """A form with a key of its own: however often it is sent, it is one report."""
        return self._show(request, {"key": str(uuid4()), "purpose": "request"})

    async def send(self, request: Request) -> Response:
        """Take the form, or show it again with what was typed and what is wrong."""
        refused = self._front.admit.refused
        try:
            with counted(self._front, "form"):
                limit_rate(request, self._front, None)
                body = await read_body(request, ("application/x-www-form-urlencoded",), MAX_REPORT)
        except Problem as problem:
            status, text = _REFUSED.get(problem.code, (400, "form.unreadable"))
            return self._show(request, {"key": str(uuid4())}, alert=text, status=status)
        values = read_form(body)
        if values is None or not is_uuid(values.get("key", "")):
            refused("form", "unreadable")
            return self._show(request, {"key": str(uuid4())}, alert="form.unreadable", status=400)
        if "website" in values:
            refused("form", "honeypot")
            said = {"website": self._front.texts.text("form.website_error")}
            return self._show(request, values, errors=said, status=422)
        return await self._take(request, values)

    async def _take(self, request: Request, values: dict[str, str]) -> Response:
        front = self._front
        fields = submission_fields(values, communes(front))
        found = check_submission(fields, PUBLIC_DOOR, datetime.now(UTC))
        if not isinstance(found, Accepted):
            front.admit.refused("form", "invalid")
            return self._show(request, values, errors=self._errors(found), status=422)
        coming = candidate(front.keys, None, values["key"].lower(), fields, found, door="form")
        try:
            outcome = await front.batch.submit(coming)
        except (Busy, Unknown) as error:
            reason = "busy" if isinstance(error, Busy) else "outcome_unknown"
            metrics.UNSETTLED.labels("form", reason).inc()
            return self._show(request, values, alert="form.busy", status=503)
        if outcome.became is Became.CONFLICT:
            # Somebody went back and wrote something else: a second click is a second report.
            again = {**values, "key": str(uuid4())}
            return self._show(request, again, alert="form.conflict", status=409)
        return RedirectResponse(f"/tra-cuu/{show(front.code(outcome.report_id))}?moi=1", 303)

    def _errors(self, problems: Sequence[FieldProblem]) -> dict[str, str]:
        errors = errors_by_control(problems)
        for problem in problems:
            name = problem.field.removeprefix("observation.")
            if problem.code == "missing" and name in ("group", "stance", "breadth"):
                errors[name] = self._front.texts.text("form.observation_missing")
        return errors

    def _show(
        self,
        request: Request,
        values: Mapping[str, str],
        *,
        errors: Mapping[str, str] | None = None,
        alert: str = "",
        status: int = 200,
    ) -> Response:
        texts = self._front.texts
        context = {
            "active": "form",
            "values": values,
            "errors": errors or {},
            "alert_text": texts.text(alert) if alert else "",
            "communes": list(communes(self._front).items()),
            "options": {
                kind: [(code, texts.label(kind, code)) for code in codes]
                for kind, codes in (("group", GROUPS), ("stance", STANCES), ("breadth", BREADTHS))
            },
        }
        return self._pages.TemplateResponse(request, "form.html", context, status_code=status)


def communes(front: Front) -> dict[str, str]:
    """Today's communes of the home province by official code, sorted by name."""
    today = datetime.now(UTC).astimezone(LOCAL).date()
    units = front.map.current
    home = units.by_code(front.settings.home_province, today, "province")
    found = units.units(today, "commune", home.id) if home else ()
    return {unit.code: full_name(unit) for unit in sorted(found, key=lambda unit: (unit.name, unit.code))}
