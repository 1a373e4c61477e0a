"""`/map/choices`: cases whose unit was split, each with a suggestion, for a person to choose."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.templating import Jinja2Templates

from services.routing.domain.map_changes import Fault
from services.routing.problems import TEXTS
from services.routing.store import map as store
from services.routing.use_cases.basis import BasisHolder
from services.routing.use_cases.choose_unit import ChoiceRefused, NotAsked, choose_unit
from services.routing.views.map_change import said
from services.routing.views.map_choices import choices_context
from services.routing.views.names import Names
from shared.local_time import LOCAL
from shared.service import Service
from shared.web import officer_nav, templates
from shared.web.catalogue import BASE_TEXTS, Catalogue
from shared.web.problems import Problem

_TEMPLATES = Path(__file__).parents[1] / "templates"
_BEFORE_ALL = UUID(int=0)
_PAGE = 20


def router(service: Service, basis: BasisHolder) -> APIRouter:
    """The list, and the form of each case."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    others = {name: url for name, url in service.settings.base_urls.items() if name != "routing"}
    pages = _Choices(service, basis, templates(_TEMPLATES, nav=officer_nav(others), texts=TEXTS))
    routes.get("/map/choices")(pages.listed)
    routes.post("/map/choices/{case_id}")(pages.choose)
    return routes


class _Choices:
    def __init__(self, service: Service, basis: BasisHolder, show: Jinja2Templates) -> None:
        self._service = service
        self._basis = basis
        self._show = show
        self._texts = Catalogue.load(BASE_TEXTS, TEXTS)

    async def listed(self, request: Request, after: str = "", done: str = "") -> Response:
        """Cases that wait, the oldest first."""
        return await self._page(request, after=after, done=done)

    async def choose(self, request: Request, case_id: str) -> Response:
        """Take one choice; what is wrong with it is said beside its case."""
        form = await request.form()
        unit, by = (str(form.get(name) or "") for name in ("unit", "by"))
        try:
            await choose_unit(self._service.database, self._names().basis, _id(case_id), unit, by)
        except NotAsked:
            return RedirectResponse("/map/choices?done=before", 303)
        except ChoiceRefused as refused:
            return await self._page(request, status=422, errors={_id(case_id): refused.fault})
        return RedirectResponse("/map/choices?done=now", 303)

    async def _page(
        self,
        request: Request,
        *,
        after: str = "",
        done: str = "",
        status: int = 200,
        errors: Mapping[UUID, Fault] | None = None,
    ) -> Response:
        names = self._names()
        async with self._service.database.transaction() as tx:
            found = await store.open_choices(tx, _id(after) if after else _BEFORE_ALL, _PAGE + 1)
            cases = {case.case_id: case for case in await store.cases(tx, [c.case_id for c in found])}
        context = choices_context(found[:_PAGE], cases, names, datetime.now(UTC).astimezone(LOCAL).date())
        context |= {
            "done": done if done in ("now", "before") else "",
            "errors": {case_id: said(fault, self._texts) for case_id, fault in (errors or {}).items()},
            "next": f"/map/choices?after={found[_PAGE - 1].case_id}" if len(found) > _PAGE else None,
        }
        return self._show.TemplateResponse(request, "map_choices.html", context, status)

    def _names(self) -> Names:
        if self._basis.made is None:
            raise Problem("starting")
        return Names(self._basis.made, self._texts)


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Problem("unknown_case") from None
