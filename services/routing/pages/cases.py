"""Cases for officers: the list and the page of one case. Read only, Vietnamese, no script."""

from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from services.routing.problems import TEXTS
from services.routing.reading import ask
from services.routing.store import reads
from services.routing.use_cases.basis import BasisHolder
from services.routing.views.case import Read, case_context
from services.routing.views.listing import list_context
from services.routing.views.names import Names
from shared.service import Service
from shared.web import officer_nav, templates
from shared.web.catalogue import BASE_TEXTS, Catalogue

_TEMPLATES = Path(__file__).parents[1] / "templates"


def router(service: Service, basis: BasisHolder) -> APIRouter:
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
        question = ask(request.query_params, names.basis.units, now)
        found = []
        if not question.faults:
            async with service.database.connection() as connection:
                found = await reads.cases(connection, question.filters, question.limit + 1)
        context = list_context(question, found, request.query_params, names, now)
        return pages.TemplateResponse(request, "cases.html", context, 422 if question.faults else 200)

    @routes.get("/cases/{case_id}")
    async def case(request: Request, case_id: str) -> Response:
        names = Names(basis.made, texts) if basis.made else None
        if names is None:
            return pages.TemplateResponse(request, "message.html", {"about": "starting"}, 503)
        read = await _read(service, case_id)
        if read is None:
            return pages.TemplateResponse(request, "message.html", {"about": "unknown_case"}, 404)
        context = case_context(read, names, datetime.now(UTC))
        return pages.TemplateResponse(request, "case.html", context)

    return routes


async def _read(service: Service, case_id: str) -> Read | None:
    try:
        id_ = UUID(case_id)
    except ValueError:
        return None
    async with service.database.connection() as connection:
        case = await reads.case(connection, id_)
        if case is None:
            return None
        return Read(
            case,
            await reads.told(connection, id_),
            await reads.decisions(connection, id_),
            await reads.reached(connection, id_),
        )
