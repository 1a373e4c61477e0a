"""Intake's JSON API: reports, what became of submissions, sheets."""

from fastapi import FastAPI
from starlette.routing import Route

from services.intake.api import reports, sheets, submissions
from services.intake.front import Front


def mount(app: FastAPI, front: Front) -> None:
    """Add the routes."""
    # First of all routes, and without FastAPI's stacks and dependencies: it is the one that must be quick.
    app.router.routes.insert(0, Route("/v1/reports", reports.report_door(front), methods=["POST"]))
    app.include_router(reports.router(front))
    app.include_router(submissions.router(front))
    app.include_router(sheets.router(front))
