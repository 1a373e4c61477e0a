"""Sheets by hand: a registered source chooses a file and sees what became of each row."""

from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.datastructures import UploadFile
from starlette.templating import Jinja2Templates
from starlette.types import Message

from services.intake.api.answers import Problem
from services.intake.api.requests import MAX_SHEET, limit_rate, read_body
from services.intake.api.sheets import results_csv
from services.intake.domain.problems import Problem as FieldProblem
from services.intake.domain.source import Source
from services.intake.front import Front
from services.intake.store import sheets

_MULTIPART_OVERHEAD = 16 * 1024
_SHOWN = 200


def router(front: Front, pages: Jinja2Templates) -> APIRouter:
    """`/bang`, over the doors' common ground."""
    routes = APIRouter(include_in_schema=False)

    def show_form(request: Request, errors: dict[str, str], status: int = 200) -> Response:
        context = {"active": "sheet", "errors": errors, "values": {}}
        return pages.TemplateResponse(request, "sheet.html", context, status_code=status)

    @routes.get("/bang")
    async def empty(request: Request) -> Response:
        return show_form(request, {})

    @routes.post("/bang")
    async def send(request: Request) -> Response:
        try:
            token, content = await _upload(request)
            source = await front.sources.by_token(token)
            limit_rate(request, front, source)
        except Problem as problem:
            front.admit.refused("sheet", problem.code)
            return show_form(request, {"file": front.texts.text("form.unreadable")}, 400)
        errors = _missing(front, source, content)
        if source is None or errors:
            return show_form(request, errors, 422)
        sheet = await front.take_sheet(source, content)
        if isinstance(sheet, FieldProblem):
            return show_form(request, {"file": sheet.message_vi}, 422)
        rejected = [result for result in sheet.results if result["outcome"] == "rejected"]
        context = {"active": "sheet", "sheet": sheet, "rejected": rejected[:_SHOWN], "token": token}
        return pages.TemplateResponse(request, "sheet_results.html", context)

    @routes.post("/bang/{sheet_id}.csv")
    async def download(request: Request, sheet_id: UUID) -> Response:
        token, _ = await _upload(request)
        source = await front.sources.by_token(token)
        if source is None:
            return show_form(request, {"token": front.texts.text("sheet.token_error")}, 422)
        async with front.database.connection() as connection:
            sheet = await sheets.one(connection, sheet_id, source.id)
        return results_csv(sheet) if sheet else show_form(request, {}, 404)

    return routes


def _missing(front: Front, source: Source | None, content: bytes) -> dict[str, str]:
    errors = {}
    if source is None:
        errors["token"] = front.texts.text("sheet.token_error")
    if not content:
        errors["file"] = front.texts.text("sheet.file_error")
    return errors


async def _upload(request: Request) -> tuple[str, bytes]:
    """The token and the file's content; the body is bounded before it is taken apart. Raises Problem."""
    body = await read_body(request, ("multipart/form-data",), MAX_SHEET + _MULTIPART_OVERHEAD)

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async with Request(request.scope, receive).form(max_files=1, max_fields=4) as form:
        token, file = form.get("token", ""), form.get("file")
        content = await file.read() if isinstance(file, UploadFile) else b""
        return token.strip() if isinstance(token, str) else "", content
