"""Sheets by hand: a registered source chooses a file and sees what became of each row."""

from collections.abc import Mapping
from uuid import UUID

from fastapi import APIRouter, Request, Response
from starlette.datastructures import UploadFile
from starlette.templating import Jinja2Templates
from starlette.types import Message

from services.intake.api.requests import MAX_SHEET, counted, limit_rate, read_body
from services.intake.api.sheets import results_csv
from services.intake.domain.problems import Problem as FieldProblem
from services.intake.domain.source import Source
from services.intake.front import Front
from services.intake.store import sheets
from shared.web.problems import FieldError, Problem

_MULTIPART_OVERHEAD = 16 * 1024
_SHOWN = 200
_REFUSED = {
    "token_invalid": (422, "sheet.token_error"),
    "file_missing": (422, "sheet.file_error"),
    "too_many_requests": (429, "form.too_many"),
    "body_too_large": (413, "form.too_large"),
}
"""What the form says of a problem that names no field."""


class SheetPages:
    """`/bang`, over the doors' common ground."""

    def __init__(self, front: Front, pages: Jinja2Templates) -> None:
        self._front, self._pages = front, pages

    def router(self) -> APIRouter:
        """The routes."""
        routes = APIRouter(include_in_schema=False)
        routes.add_api_route("/bang", self.empty, methods=["GET"])
        routes.add_api_route("/bang", self.send, methods=["POST"])
        routes.add_api_route("/bang/{sheet_id}.csv", self.download, methods=["POST"])
        return routes

    async def empty(self, request: Request) -> Response:
        """Ask for the token and the file."""
        return self._form(request, {})

    async def send(self, request: Request) -> Response:
        """Take the sheet and show what became of its rows, or show the form again with what is wrong."""
        front = self._front
        try:
            with counted(front, "sheet"):
                token, content = await _upload(request)
                source = await front.sources.by_token(token)
                limit_rate(request, front, source)
                source = _complete(source, content)
        except Problem as problem:
            return self._refused(request, problem)
        sheet = await front.take_sheet(source, content)
        if isinstance(sheet, FieldProblem):
            return self._form(request, {"file": sheet.message_vi}, 422)
        rejected = [result for result in sheet.results if result["outcome"] == "rejected"]
        context = {"active": "sheet", "sheet": sheet, "rejected": rejected[:_SHOWN], "token": token}
        return self._pages.TemplateResponse(request, "sheet_results.html", context)

    async def download(self, request: Request, sheet_id: UUID) -> Response:
        """What became of each row, as CSV; the token is asked for again."""
        token, _ = await _upload(request)
        source = await self._front.sources.by_token(token)
        if source is None:
            return self._form(request, {"token": self._front.texts.text("sheet.token_error")}, 422)
        async with self._front.database.connection() as connection:
            sheet = await sheets.one(connection, sheet_id, source.id)
        return results_csv(sheet) if sheet else self._form(request, {}, 404)

    def _refused(self, request: Request, problem: Problem) -> Response:
        text = self._front.texts.text
        errors = {e.field: text(f"sheet.{e.field}_error") for e in problem.errors}
        status, said = _REFUSED.get(problem.code, (400, "form.unreadable"))
        return self._form(request, errors or {"file": text(said)}, status)

    def _form(self, request: Request, errors: Mapping[str, str], status: int = 200) -> Response:
        context = {"active": "sheet", "errors": errors, "values": {}}
        return self._pages.TemplateResponse(request, "sheet.html", context, status_code=status)


def _complete(source: Source | None, content: bytes) -> Source:
    """The source, if it is known and sent a file. Raises Problem naming what is missing."""
    errors = [] if source else [FieldError("token", "token_invalid")]
    errors += [] if content else [FieldError("file", "file_missing")]
    if source is None or errors:
        raise Problem(errors[0].code, errors)
    return source


async def _upload(request: Request) -> tuple[str, bytes]:
    """The token and the file's content; the body is bounded before it is taken apart. Raises Problem."""
    body = await read_body(request, ("multipart/form-data",), MAX_SHEET + _MULTIPART_OVERHEAD)

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async with Request(request.scope, receive).form(max_files=1, max_fields=4) as form:
        token, file = form.get("token", ""), form.get("file")
        content = await file.read() if isinstance(file, UploadFile) else b""
        return token.strip() if isinstance(token, str) else "", content
