"""The delivery log and the recipients for people: read only, addresses masked."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.templating import Jinja2Templates

from services.notify.domain.addresses import masked
from services.notify.domain.letter import code
from services.notify.reading import CHANNELS, STATES, Question, ask, today
from services.notify.store import log
from shared.service import Service
from shared.units import full_name
from shared.web import officer_nav, templates
from shared.web.catalogue import BASE_TEXTS, Catalogue

_HERE = Path(__file__).parent
_RECIPIENTS = 100
_SUBJECTS = 200


def router(service: Service) -> APIRouter:
    """`/deliveries`, `/deliveries/{id}`, `/recipients`."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    nav = officer_nav({k: v for k, v in service.settings.base_urls.items() if k != "notify"})
    show = templates(_HERE / "templates", nav=nav, texts=_HERE / "texts")
    catalogue = Catalogue.load(BASE_TEXTS, _HERE / "texts")
    show.env.globals.update(**_names(service, catalogue), masked=masked, code=code)
    _log_page(routes, service, show)
    _delivery_page(routes, service, show)
    _recipients_page(routes, service, show)
    return routes


def _log_page(routes: APIRouter, service: Service, show: Jinja2Templates) -> None:
    @routes.get("/")
    async def home() -> Response:
        return RedirectResponse("/deliveries", 307)

    @routes.get("/deliveries")
    async def deliveries(request: Request) -> Response:
        question = ask(request.query_params, service.map.current, today())
        async with service.database.connection() as connection:
            wanted = [] if question.faults else await log.deliveries(
                connection, question.filters, question.limit + 1
            )  # fmt: skip
            counts = await log.counts(connection)
        rows, previous, following = _page(question, wanted, request)
        context = {
            "rows": rows, "counts": counts, "previous": previous, "next": following, "states": STATES,
            "channels": CHANNELS, "values": dict(request.query_params), "now": datetime.now(UTC),
            "errors": {fault.field: fault.code for fault in question.faults},
        }  # fmt: skip
        status = 422 if question.faults else 200
        return show.TemplateResponse(request, "deliveries.html", context, status)


def _delivery_page(routes: APIRouter, service: Service, show: Jinja2Templates) -> None:
    cases_url = service.settings.base_urls.get("routing", "").rstrip("/")

    @routes.get("/deliveries/{delivery_id}")
    async def delivery(request: Request, delivery_id: UUID) -> Response:
        async with service.database.connection() as connection:
            row = await log.delivery(connection, delivery_id)
            attempts = await log.attempts(connection, delivery_id)
            subjects = await log.subjects(connection, delivery_id, _SUBJECTS)
        if row is None:
            return show.TemplateResponse(request, "delivery_unknown.html", {}, 404)
        context = {"d": row, "attempts": attempts, "subjects": subjects, "cases_url": cases_url}
        return show.TemplateResponse(request, "delivery.html", context)


def _recipients_page(routes: APIRouter, service: Service, show: Jinja2Templates) -> None:
    @routes.get("/recipients")
    async def recipients(request: Request, after: str = "") -> Response:
        async with service.database.connection() as connection:
            found = await log.recipients(connection, after.replace("\x00", ""), _RECIPIENTS + 1)
        shown = found[:_RECIPIENTS]
        more = f"/recipients?{urlencode({'after': shown[-1]['id']})}" if len(found) > _RECIPIENTS else None
        return show.TemplateResponse(request, "recipients.html", {"rows": shown, "next": more})


def _page(question: Question, found: list[Any], request: Request) -> tuple[list[Any], str | None, str | None]:
    """The rows of the page and the links to its neighbours; one row too many tells that there is more."""
    backwards = "before" in question.filters
    more = len(found) > question.limit
    rows = found[1:] if backwards and more else found[: question.limit]
    kept = {k: v for k, v in request.query_params.items() if k not in ("after", "before") and v}

    def link(cursor: str, row: Any) -> str:
        return f"/deliveries?{urlencode({**kept, cursor: str(row['id'])})}"

    newer = (more if backwards else "after" in question.filters) and rows
    older = (backwards or more) and rows
    return rows, link("before", rows[0]) if newer else None, link("after", rows[-1]) if older else None


def _names(service: Service, catalogue: Catalogue) -> dict[str, Callable[[str], str]]:
    """What pages call units and bodies, on today's map; former units by their last name."""

    def place(unit_id: str | None) -> str:
        units = service.map.current
        unit = (units.unit(unit_id, today()) or units.last(unit_id)) if unit_id else None
        return full_name(unit) if unit else unit_id or "–"

    def who(body: str) -> str:
        kind, _, unit = body.partition("@")
        where = place(unit)
        return catalogue.label("body_kind", kind).replace("(…)", where[:1].lower() + where[1:])

    return {"place": place, "who": who}
