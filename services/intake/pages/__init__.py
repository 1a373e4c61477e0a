"""Intake's pages, Vietnamese, for phones first, without need of scripts: form, receipt, sheet."""

from pathlib import Path

from fastapi import FastAPI

from services.intake.api.answers import PROBLEMS
from services.intake.front import TEXTS, Front
from services.intake.pages.form import FormPage
from services.intake.pages.receipt import ReceiptPages
from services.intake.pages.sheet import SheetPages
from shared.web import NavLink, templates

_HERE = Path(__file__).parents[1] / "templates"


def mount(app: FastAPI, front: Front) -> None:
    """Add the pages, and what is said where something is wrong: a page, or to programs a problem detail."""
    nav = (
        NavLink("form", "/", front.texts.text("nav.form")),
        NavLink("lookup", "/tra-cuu", front.texts.text("nav.lookup")),
        NavLink("sheet", "/bang", front.texts.text("nav.sheet")),
    )
    pages = templates(_HERE, nav=nav, texts=TEXTS)
    app.include_router(FormPage(front, pages).router())
    app.include_router(ReceiptPages(front, pages).router())
    app.include_router(SheetPages(front, pages).router())
    PROBLEMS.install(app, "intake", nav)
