"""Routing for programs: a file each idea, joined to one router."""

from fastapi import APIRouter

from services.routing.api import cases, incidents, life, link_orders, map, map_choices
from services.routing.map.known import KnownMaps
from services.routing.use_cases.basis import BasisHolder
from shared.service import Service


def router(service: Service, basis: BasisHolder) -> APIRouter:
    """Every route under `/v1`."""
    routes, known = APIRouter(), KnownMaps(service.database, service.map)
    routes.include_router(cases.router(service, known))
    routes.include_router(life.router(service, basis))
    routes.include_router(incidents.router(service))
    routes.include_router(link_orders.router(service, basis))
    routes.include_router(map.router(service, known))
    routes.include_router(map_choices.router(service, basis))
    return routes
