"""Routing for officers: a file each idea, joined to one router."""

from fastapi import APIRouter

from services.routing.map.known import KnownMaps
from services.routing.pages import cases, map, map_choices
from services.routing.use_cases.basis import BasisHolder
from shared.service import Service


def router(service: Service, basis: BasisHolder) -> APIRouter:
    """Every page."""
    routes, known = APIRouter(), KnownMaps(service.database, service.map)
    routes.include_router(cases.router(service, basis, known))
    routes.include_router(map_choices.router(service, basis))
    routes.include_router(map.router(service, basis, known))
    return routes
