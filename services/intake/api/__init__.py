"""Intake's JSON API: reports, what became of submissions, sheets."""

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.routing import Route

from services.intake.api import reports, sheets, submissions
from services.intake.api.answers import Problem, problem_response
from services.intake.front import Front


def mount(app: FastAPI, front: Front) -> None:
    """Add the routes; every error of theirs is a problem detail (RFC 9457)."""
    # First of all routes, and without FastAPI's stacks and dependencies: it is the one that must be quick.
    app.router.routes.insert(0, Route("/v1/reports", reports.report_door(front), methods=["POST"]))
    app.include_router(reports.router(front))
    app.include_router(submissions.router(front))
    app.include_router(sheets.router(front))

    @app.exception_handler(Problem)
    async def refuse(request: Request, problem: Problem) -> Response:
        return problem_response(request, problem)

    @app.exception_handler(HTTPException)
    async def unknown(request: Request, error: HTTPException) -> Response:
        code = "method_not_allowed" if error.status_code == 405 else "not_found"
        return problem_response(request, Problem(code, headers=dict(error.headers or {})))

    @app.exception_handler(RequestValidationError)
    async def no_such_id(request: Request, _error: RequestValidationError) -> Response:
        # Bodies are checked by the routes themselves: what is left is an id in a path that can be none.
        return problem_response(request, Problem("not_found"))
