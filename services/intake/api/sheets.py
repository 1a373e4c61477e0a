"""`/v1/sheets`: reports by the sheet (CSV), with what became of each row."""

from collections.abc import Iterator
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse, Response

from services.intake.api.answers import refused
from services.intake.api.requests import MAX_SHEET, counted, limit_rate, read_body, registered_sender
from services.intake.domain.problems import Problem as FieldProblem
from services.intake.domain.sheet import COLUMNS, written
from services.intake.front import Front
from services.intake.store import sheets
from services.intake.store.sheets import SheetRow
from shared.web.problems import Problem

_EXAMPLE = {
    "id": "VD-1",
    "text": "Đèn đường hỏng ba tuần nay",
    "place_hint": "Cổng chợ, Phường Quế Võ",
    "purpose": "Đề nghị giải quyết",
    "submitted_at": "24/11/2026",
}


def router(front: Front) -> APIRouter:
    """The routes; all but the template want a registered source's token."""
    routes = APIRouter(tags=["sheets"])

    @routes.get("/v1/sheets/template.csv")
    async def template() -> Response:
        """An empty sheet with every column and one example row."""
        head = [vietnamese for vietnamese, _ in COLUMNS.values()]
        return csv_response(iter([head, [_EXAMPLE.get(field, "") for field in COLUMNS]]), "mau-phan-anh.csv")

    @routes.post("/v1/sheets")
    async def post_sheet(request: Request) -> JSONResponse:
        """Send a sheet: UTF-8, `,` or `;`, Vietnamese or English headings, at most 5,000 rows and 4 MiB.

        One bad row refuses itself; the same sheet again adds nothing.
        """
        with counted(front, "sheet"):
            source = await registered_sender(request, front)
            limit_rate(request, front, source)
            content = await read_body(request, ("text/csv", "application/csv"), MAX_SHEET)
        sheet = await front.take_sheet(source, content)
        if isinstance(sheet, FieldProblem):
            raise refused("sheet_unreadable", (sheet,))
        return JSONResponse(as_json(sheet), headers={"Cache-Control": "no-store"})

    @routes.get("/v1/sheets/{sheet_id}.csv")
    async def get_results(request: Request, sheet_id: UUID) -> Response:
        """What became of each row, as CSV."""
        return results_csv(await _own(request, front, sheet_id))

    @routes.get("/v1/sheets/{sheet_id}")
    async def get_sheet(request: Request, sheet_id: UUID) -> JSONResponse:
        """What became of each row."""
        return JSONResponse(as_json(await _own(request, front, sheet_id)))

    return routes


async def _own(request: Request, front: Front, sheet_id: UUID) -> SheetRow:
    source = await registered_sender(request, front)
    async with front.database.connection() as connection:
        sheet = await sheets.one(connection, sheet_id, source.id)
    if sheet is None:
        raise Problem("not_found")
    return sheet


def as_json(sheet: SheetRow) -> dict[str, object]:
    """A sheet's outcome as the API says it."""
    return {
        "sheet_id": str(sheet.sheet_id),
        "rows": sheet.rows,
        "accepted": sheet.accepted,
        "duplicates": sheet.duplicates,
        "rejected": sheet.rejected,
        "results": sheet.results,
        "results_csv": f"/v1/sheets/{sheet.sheet_id}.csv",
    }


def results_csv(sheet: SheetRow) -> Response:
    """A sheet's outcome as a download."""
    return csv_response(_lines(sheet), f"ket-qua-{sheet.sheet_id}.csv")


def _lines(sheet: SheetRow) -> Iterator[list[str]]:
    names = {"accepted": "Đã nhận", "duplicate": "Đã có trước", "rejected": "Từ chối"}
    yield ["Dòng", "Kết quả", "Mã tra cứu", "Cột", "Lý do"]
    for result in sheet.results:
        problems = result["problems"]
        yield [
            str(result["row"]),
            names[result["outcome"]],
            result.get("tracking_code", ""),
            "; ".join(p["column"] for p in problems),
            " ".join(p["detail"] for p in problems),
        ]


def csv_response(rows: Iterator[list[str]], filename: str) -> Response:
    """Rows as a CSV download that holds no formula."""
    return Response(
        written(rows),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{filename}"', "Cache-Control": "no-store"},
    )
