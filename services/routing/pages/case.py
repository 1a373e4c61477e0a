"""The page of one case: what is known, why, and the forms of what may be done now. Vietnamese, no script."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from pydantic import ValidationError
from starlette.templating import Jinja2Templates

from services.routing.api.orders import ORDERS, command_of
from services.routing.api.refusals import words
from services.routing.domain.transitions import CommandName
from services.routing.pages import incidents
from services.routing.pages.sent import read_order
from services.routing.store import map as map_store
from services.routing.store import reads
from services.routing.use_cases.act_on_cases import Acting, UnknownCase, act_on_case
from services.routing.use_cases.basis import BasisHolder
from services.routing.views.acts import Sent
from services.routing.views.case import Read, case_context
from services.routing.views.names import Names
from shared.service import Service
from shared.web.catalogue import Catalogue


class CasePage:
    """`/cases/{case_id}`, and a POST below it for each command."""

    def __init__(
        self, service: Service, basis: BasisHolder, pages: Jinja2Templates, texts: Catalogue
    ) -> None:
        self._service, self._basis, self._pages, self._texts = service, basis, pages, texts

    def router(self) -> APIRouter:
        """The routes."""
        routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
        routes.add_api_route("/cases/{case_id}", self.show, methods=["GET"])
        routes.include_router(incidents.router(self._service, self._basis, self._texts, self._not_linked))
        for name in ORDERS:
            routes.add_api_route(f"/cases/{{case_id}}/{name}", self._door(name), methods=["POST"])
        return routes

    async def show(self, request: Request, case_id: str) -> Response:
        """The case as it stands."""
        return await self._page(request, case_id, None, 200)

    def _door(self, name: CommandName) -> Callable[[Request, str], Awaitable[Response]]:
        async def act(request: Request, case_id: str) -> Response:
            return await self._act(request, case_id, name)

        return act

    async def _act(self, request: Request, case_id: str, name: CommandName) -> Response:
        """Carry a command out and show the case; or the form again, with what is wrong."""
        if self._basis.made is None:
            return self._message(request, "starting", 503)
        id_, values = _uuid(case_id), await read_order(request)
        if id_ is None:
            return self._message(request, "unknown_case", 404)
        try:
            order = ORDERS[name][0].model_validate(values)
        except ValidationError as error:
            fields = {str(e["loc"][0]) if e["loc"] else "command" for e in error.errors()}
            said = dict.fromkeys(sorted(fields), self._texts.text("act.invalid"))
            return await self._page(request, case_id, Sent(name, values, said), 422)
        try:
            done = await act_on_case(
                self._service.database, self._basis.current, id_, order.command_id, command_of(name, order)
            )
        except UnknownCase:
            return self._message(request, "unknown_case", 404)
        if isinstance(done, Acting):
            said = {
                done.refused.field or "command": words(done.refused, done.case.facts.state, name, self._texts)
            }
            return await self._page(request, case_id, Sent(name, values, said), 409)
        return RedirectResponse(f"/cases/{id_}?xong={name}", 303)

    async def _not_linked(self, request: Request, case_id: str, wrong: str, status: int) -> Response:
        """The page again, with why a case was not linked or taken apart."""
        return await self._page(request, case_id, None, status, wrong)

    async def _page(
        self, request: Request, case_id: str, sent: Sent | None, status: int, not_linked: str = ""
    ) -> Response:
        if self._basis.made is None:
            return self._message(request, "starting", 503)
        read = await self._read(case_id)
        if read is None:
            return self._message(request, "unknown_case", 404)
        names = Names(self._basis.made, self._texts)
        context = case_context(read, names, datetime.now(UTC), sent)
        context["incident"] = await incidents.card_of(self._service, read.case, names, not_linked)
        done = request.query_params.get("xong", "")
        context["done"] = self._texts.label("command", done) if done in ORDERS else ""
        if done in ("link", "unlink"):
            context["done"] = self._texts.text(f"incident.{done}")
        async with self._service.database.connection() as connection:
            context["choosing"] = await map_store.open_choice(connection, read.case.case_id)
        return self._pages.TemplateResponse(request, "case.html", context, status)

    async def _read(self, case_id: str) -> Read | None:
        id_ = _uuid(case_id)
        if id_ is None:
            return None
        async with self._service.database.connection() as connection:
            case = await reads.case(connection, id_)
            if case is None:
                return None
            return Read(
                case,
                await reads.told(connection, id_),
                await reads.decisions(connection, id_),
                await reads.reached(connection, id_),
            )

    def _message(self, request: Request, about: str, status: int) -> Response:
        return self._pages.TemplateResponse(request, "message.html", {"about": about}, status)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
