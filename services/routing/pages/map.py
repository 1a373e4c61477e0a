"""The map for officers: browse it as of a day and as known then, change it, place what a split left open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated
from uuid import UUID

import uuid_utils
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.templating import Jinja2Templates

from services.routing.domain.map_changes import KINDS, Fault
from services.routing.map.asked import find
from services.routing.map.known import KnownMaps, UnknownVersion
from services.routing.problems import TEXTS
from services.routing.store import map as store
from services.routing.use_cases.basis import BasisHolder
from services.routing.use_cases.change_map import AlreadyEntered, Entered, MapRefused, change_map, preview
from services.routing.views.map_form import Sent, asked_of, faults_context, form_context, preview_context
from services.routing.views.map_page import Look, latest_context, unit_context
from shared.database import Postponed
from shared.local_time import LOCAL
from shared.service import Service
from shared.units import Unit
from shared.web import officer_nav, templates
from shared.web.catalogue import BASE_TEXTS, Catalogue
from shared.web.problems import FieldError, Problem

_TEMPLATES = Path(__file__).parents[1] / "templates"
Day = Annotated[date | None, Query()]


def router(service: Service, basis: BasisHolder, known: KnownMaps) -> APIRouter:
    """`/map` and `/map/change`."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    others = {name: url for name, url in service.settings.base_urls.items() if name != "routing"}
    show = templates(_TEMPLATES, nav=officer_nav(others), texts=TEXTS)
    pages = _Pages(service, basis, show, known)
    routes.get("/map")(pages.unit)
    routes.get("/map/change")(pages.form)
    routes.post("/map/change")(pages.change)
    return routes


@dataclass(frozen=True, slots=True)
class _Draft:
    """A form in the hands of an officer: the kind of change, the unit it began at, what was sent."""

    kind: str
    row: Unit
    sent: Sent


class _Pages:
    def __init__(self, service: Service, basis: BasisHolder, show: Jinja2Templates, known: KnownMaps) -> None:
        self._service = service
        self._basis = basis
        self._show = show
        self._texts = Catalogue.load(BASE_TEXTS, TEXTS)
        self._known = known

    async def unit(
        self, request: Request, unit: str = "", as_of: str = "", known_at: str = "", done: int = 0
    ) -> Response:
        """A unit on a day; the home province by default."""
        look = await self._look(as_of, known_at)
        found = find(look.units, unit, look.day) if unit else self._home(look)
        if found is None:
            raise Problem("unknown_map_unit", [FieldError("unit", "unknown_unit")])
        versions = [belief.unit.recorded for belief in look.units.beliefs(found)]
        async with self._service.database.connection() as connection:
            entries = await store.entries(connection, versions)
            entered = await store.latest(connection)
        context = unit_context(look, found, entries, self._texts, _today())
        context |= {"latest": latest_context(look, entered), "done": None}
        if 0 < done <= look.units.version:
            context["done"] = look.units.change(done)
        return self._show.TemplateResponse(request, "map.html", context)

    async def form(self, request: Request, kind: str = "", unit: str = "") -> Response:
        """The form of a change of one unit."""
        row = self._row(kind, unit)
        sent = [("change_id", str(uuid_utils.uuid7())), ("units", row.id), ("effective", str(_today()))]
        return self._form(request, _Draft(kind, row, sent))

    async def change(self, request: Request) -> Response:
        """Show what the change would do; make it once that was confirmed."""
        form = await request.form()
        sent = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
        told = dict(sent)
        row = self._row(told.get("kind", ""), told.get("began_at", ""))
        draft = _Draft(told["kind"], row, sent)
        asked, step = (asked_of(sent), _uuid(told.get("change_id", ""))), told.get("step", "")
        if step == "edit":
            return self._form(request, draft)
        database, holder = self._service.database, self._service.map
        try:
            if step == "confirm":
                (entered,) = await change_map(database, holder, [asked])
                return _made(entered, row)
            (entered,) = await preview(database, holder.current, [asked])
        except MapRefused as refused:
            return self._form(request, draft, 422, faults=refused.faults)
        except AlreadyEntered as known:
            said = self._texts.text("map.already", version=known.version)
            return self._form(request, draft, 409, said=said)
        except Postponed:
            return self._form(request, draft, 503, said=self._texts.text("map.busy"))
        context = preview_context(entered, sent, self._texts)
        return self._show.TemplateResponse(request, "map_preview.html", context)

    def _form(
        self,
        request: Request,
        draft: _Draft,
        status: int = 200,
        *,
        faults: Sequence[Fault] = (),
        said: str = "",
    ) -> Response:
        units = self._service.map.current
        context = form_context(draft.kind, draft.row, units, draft.sent, _today())
        context |= {"errors": faults_context(faults, self._texts), "said": said}
        return self._show.TemplateResponse(request, "map_change.html", context, status)

    def _row(self, kind: str, unit: str) -> Unit:
        """The unit that a form is for, as it stands today. Raises Problem."""
        if not self._service.map.current.version:
            raise Problem("starting")
        found = self._service.map.current.unit(unit, _today())
        if found is None or kind not in KINDS:
            raise Problem("unknown_map_unit", [FieldError("unit", "unknown_unit")])
        return found

    async def _look(self, as_of: str, known_at: str) -> Look:
        if not self._service.map.current.version:
            raise Problem("starting")
        try:
            day = date.fromisoformat(as_of) if as_of else _today()
        except ValueError:
            raise Problem("invalid", [FieldError("as_of", "bad_date")]) from None
        try:
            return Look(await self._known.at(known_at), day, known_at)
        except UnknownVersion:
            raise Problem("invalid", [FieldError("known_at", "bad_known_at")]) from None

    def _home(self, look: Look) -> str | None:
        """The home province on the day: today's, or the one that became it."""
        basis = self._basis.made
        if basis is None:
            raise Problem("starting")
        homes = basis.gazetteer.homes(look.day)
        return homes[0] if homes else None


def _made(entered: Entered, row: Unit) -> Response:
    """Back to the unit, or to the first that the change made of it."""
    after, day = entered.before.apply(entered.change), max(entered.change.effective, _today())
    there = row.id if after.unit(row.id, day) else next(iter(dict(after.present_of(row.id, day))), row.id)
    return RedirectResponse(f"/map?unit={there}&as_of={day}&done={entered.change.map_version}", 303)


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Problem("bad_request") from None


def _today() -> date:
    return datetime.now(UTC).astimezone(LOCAL).date()
