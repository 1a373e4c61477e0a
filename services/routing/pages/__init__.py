"""Routing for officers: a file each idea, joined to one router."""

from fastapi import APIRouter

from services.routing.pages import cases, map, map_choices
from services.routing.use_cases.basis import BasisHolder
from shared.service import Service


def router(service: Service, basis: BasisHolder) -> APIRouter:
    """Every page."""
    routes = APIRouter()
    routes.include_router(cases.router(service, basis))
    routes.include_router(map_choices.router(service, basis))
    routes.include_router(map.router(service, basis))
    return routes
