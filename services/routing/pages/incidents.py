"""The forms by which an officer links cases and takes them apart; the case's page shows them."""

from collections.abc import Awaitable, Callable
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError

from services.routing.api.link_orders import LinkBody, UnlinkBody, said
from services.routing.domain.case import Case
from services.routing.pages.sent import read_order
from services.routing.store import incident_reads
from services.routing.use_cases.act_on_cases import Acting, UnknownCase
from services.routing.use_cases.basis import BasisHolder
from services.routing.use_cases.order_links import LinkOrder, link_cases, unlink_case
from services.routing.views.incident import MOST, incident_context
from services.routing.views.names import Names
from shared.service import Service
from shared.web.catalogue import Catalogue

Show = Callable[[Request, str, str, int], Awaitable[Response]]
"""Shows a case's page: request, case id, what is wrong, status."""


def router(service: Service, basis: BasisHolder, texts: Catalogue, show: Show) -> APIRouter:
    """POST `/cases/{case_id}/link` and `/unlink`: the case's page again, changed or with what is wrong."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

    @routes.post("/cases/{case_id}/link")
    async def link(request: Request, case_id: str) -> Response:
        return await _act(request, case_id, "link")

    @routes.post("/cases/{case_id}/unlink")
    async def unlink(request: Request, case_id: str) -> Response:
        return await _act(request, case_id, "unlink")

    async def _act(request: Request, case_id: str, command: str) -> Response:
        schema, carry_out = (LinkBody, link_cases) if command == "link" else (UnlinkBody, unlink_case)
        try:
            id_, body = UUID(case_id), schema.model_validate(await read_order(request))
        except (ValidationError, ValueError):
            return await show(request, case_id, texts.text("act.invalid"), 422)
        if basis.made is None:
            return await show(request, case_id, "", 503)
        order = LinkOrder(body.command_id, body.by, body.note, body.other)
        try:
            done = await carry_out(service.database, basis.current, id_, order)
        except UnknownCase:
            return await show(request, case_id, "", 404)
        if isinstance(done, Acting):
            wrong = said(done.refused, done.case.facts.state, command, texts)
            return await show(request, case_id, wrong, 409)
        return RedirectResponse(f"/cases/{id_}?xong={command}", 303)

    return routes


async def card_of(service: Service, case: Case, names: Names, wrong: str = "") -> dict[str, object] | None:
    """What the case's page shows of its incident; `wrong`: why a form was not carried out."""
    async with service.database.connection() as connection:
        links = await incident_reads.links(connection, case, MOST)
    card = incident_context(case, links, names)
    return {**card, "refused": wrong} if card else None
