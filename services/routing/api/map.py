"""The map for programs: units as of a day and as known at a version, their lineage, and changes of it."""

from datetime import UTC, date, datetime
from typing import Annotated, Any
from uuid import UUID

import uuid_utils
from fastapi import APIRouter, Query, Response

from services.routing.api.map_schemas import (
    ChangeOut,
    ChangeRequest,
    UnitDetail,
    UnitList,
    change_out,
    unit_detail,
    unit_out,
)
from services.routing.map.asked import find
from services.routing.map.known import KnownMaps, UnknownVersion
from services.routing.problems import TEXTS
from services.routing.use_cases.change_map import AlreadyEntered, MapRefused, change_map, preview
from services.routing.views.map_change import field_error
from shared.local_time import LOCAL
from shared.service import Service
from shared.units import UnitMap
from shared.web.catalogue import BASE_TEXTS, Catalogue
from shared.web.problems import FieldError, Problem

_PROBLEM: dict[str, Any] = {"content": {"application/problem+json": {}}}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    404: {**_PROBLEM, "description": "There is no such unit."},
    422: {**_PROBLEM, "description": "A field is wrong, or the map would break; `errors` name it."},
    503: {**_PROBLEM, "description": "Starting: the map is not loaded yet."},
}
KnownAt = Annotated[str, Query(max_length=10, description="A map version, or a date: as known at its end.")]


def router(service: Service, known: KnownMaps) -> APIRouter:
    """`/v1/map/units`, `/v1/map/units/{unit}`, `/v1/map/changes`."""
    routes = APIRouter(prefix="/v1/map", tags=["map"])
    texts = Catalogue.load(BASE_TEXTS, TEXTS)
    _changes(routes, service, texts)
    _units(routes, service, known)
    return routes


def _changes(routes: APIRouter, service: Service, texts: Catalogue) -> None:
    @routes.post(
        "/changes",
        status_code=201,
        response_model=ChangeOut,
        responses={**_RESPONSES, 409: {**_PROBLEM, "description": "A change with this id was recorded."}},
    )
    async def change(request: ChangeRequest, response: Response, dry_run: bool = False) -> ChangeOut:
        """Record a change and announce it; with `dry_run` only tell what it would do (200)."""
        if not service.map.current.version:
            raise Problem("starting")
        change_id = request.change_id or UUID(bytes=uuid_utils.uuid7().bytes)
        asked = [(request.asked(), change_id)]
        try:
            if dry_run:
                response.status_code = 200
                (entered,) = await preview(service.database, service.map.current, asked)
            else:
                (entered,) = await change_map(service.database, service.map, asked)
        except MapRefused as refused:
            raise Problem("invalid", [field_error(fault, texts) for fault in refused.faults]) from None
        except AlreadyEntered as known:
            said = {
                "vi": f"Đã ghi ở phiên bản {known.version}.",
                "en": f"Recorded as version {known.version}.",
            }
            raise Problem("map_entered", [FieldError("change_id", "map_entered", said)]) from None
        return change_out(entered, change_id, recorded=not dry_run)


def _units(routes: APIRouter, service: Service, known: KnownMaps) -> None:
    @routes.get("/units", response_model=UnitList, responses=_RESPONSES)
    async def units(
        as_of: date | None = None,
        known_at: KnownAt = "",
        parent: Annotated[str, Query(max_length=40)] = "",
    ) -> UnitList:
        """Units directly below `parent` (id or code) on a day; without one the provinces."""
        day, then = as_of or _today(), await _known(service, known, known_at)
        if not parent:
            found = sorted(then.units(day, "province"), key=lambda unit: unit.code)
        else:
            above = find(then, parent, day)
            if above is None:
                raise _unknown("parent")
            found = list(then.children(above, day))
        return UnitList(as_of=day, known_at=then.version, units=[unit_out(unit) for unit in found])

    @routes.get("/units/{unit}", response_model=UnitDetail, responses=_RESPONSES)
    async def unit(unit: str, known_at: KnownAt = "", as_of: date | None = None) -> UnitDetail:
        """A unit by id, or by the code that it bears on a day, with all that was ever recorded of it."""
        then = await _known(service, known, known_at)
        found = find(then, unit, as_of or _today())
        if found is None:
            raise _unknown("unit")
        return unit_detail(then, found, _today())


async def _known(service: Service, known: KnownMaps, told: str) -> UnitMap:
    if not service.map.current.version:
        raise Problem("starting")
    try:
        return await known.at(told)
    except UnknownVersion:
        raise Problem("invalid", [FieldError("known_at", "bad_known_at")]) from None


def _unknown(name: str) -> Problem:
    return Problem("unknown_map_unit", [FieldError(name, "unknown_unit")])


def _today() -> date:
    return datetime.now(UTC).astimezone(LOCAL).date()
