"""Intake's pages, Vietnamese, for phones first, without need of scripts: form, receipt, sheet."""

from pathlib import Path

from fastapi import FastAPI, Request, Response
from starlette.exceptions import HTTPException

from services.intake.front import TEXTS, Front
from services.intake.pages import sheet
from services.intake.pages.form import FormPage
from services.intake.pages.receipt import ReceiptPages
from shared.web import NavLink, templates

_HERE = Path(__file__).parents[1] / "templates"


def mount(app: FastAPI, front: Front) -> None:
    """Add the pages; what is not found under `/` is a page, under `/v1/` a problem detail."""
    nav = (
        NavLink("form", "/", front.texts.text("nav.form")),
        NavLink("lookup", "/tra-cuu", front.texts.text("nav.lookup")),
        NavLink("sheet", "/bang", front.texts.text("nav.sheet")),
    )
    pages = templates(_HERE, nav=nav, texts=TEXTS)
    app.include_router(FormPage(front, pages).router())
    app.include_router(ReceiptPages(front, pages).router())
    app.include_router(sheet.router(front, pages))
    problems = app.exception_handlers[HTTPException]

    @app.exception_handler(HTTPException)
    async def unknown(request: Request, error: HTTPException) -> Response:
        if request.url.path.startswith("/v1/") or error.status_code != 404:
            answer: Response = await problems(request, error)  # type: ignore[misc]
            return answer
        return pages.TemplateResponse(request, "not_found.html", status_code=404)
