"""Routing for programs: a file each idea, joined to one router."""

from fastapi import APIRouter

from services.routing.api import cases, map
from shared.service import Service


def router(service: Service) -> APIRouter:
    """Every route under `/v1`."""
    routes = APIRouter()
    routes.include_router(cases.router(service))
    routes.include_router(map.router(service))
    return routes
