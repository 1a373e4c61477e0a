"""Cases for officers: the list, and below it the page of one case. Vietnamese, no script."""

from datetime import UTC, datetime
from pathlib import Path

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.routing.map.known import KnownMaps
from services.routing.pages.case import CasePage
from services.routing.problems import TEXTS
from services.routing.reading import MOST_PARTED, ask
from services.routing.store import reads
from services.routing.use_cases.basis import BasisHolder
from services.routing.views.listing import list_context
from services.routing.views.names import Names
from shared.service import Service
from shared.web import officer_nav, templates
from shared.web.catalogue import BASE_TEXTS, Catalogue

_TEMPLATES = Path(__file__).parents[1] / "templates"


def router(service: Service, basis: BasisHolder, known: KnownMaps) -> APIRouter:
    """`/cases`, `/cases/{case_id}`, and `/triage` for what waits for a person."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    others = {name: url for name, url in service.settings.base_urls.items() if name != "routing"}
    pages = templates(_TEMPLATES, nav=officer_nav(others), texts=TEXTS)
    texts = Catalogue.load(BASE_TEXTS, TEXTS)

    @routes.get("/")
    async def home() -> Response:
        return RedirectResponse("/cases", 307)

    @routes.get("/triage")
    async def triage() -> Response:
        return RedirectResponse("/cases?state=triage", 307)

    @routes.get("/cases")
    async def cases(request: Request) -> Response:
        now, names = datetime.now(UTC), Names(basis.made, texts) if basis.made else None
        if names is None:
            return pages.TemplateResponse(request, "message.html", {"about": "starting"}, 503)
        question = ask(request.query_params, await known.asked(request.query_params.get("known_at")), now)
        found, parted = [], 0
        if not question.faults:
            async with service.database.connection() as connection:
                found = await reads.cases(connection, question.filters, question.limit + 1)
                if question.parted:
                    parted = await reads.count(connection, question.parted, MOST_PARTED)
        context = list_context(question, found, request.query_params, names, now)
        context["parted"] = parted
        return pages.TemplateResponse(request, "cases.html", context, 422 if question.faults else 200)

    routes.include_router(CasePage(service, basis, pages, texts).router())
    return routes
