"""Errors of the API: problem details (RFC 9457) that name the field, in the caller's language."""

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

_TITLES = {
    "invalid-request": ("Yêu cầu chưa hợp lệ", "The request is not valid"),
    "not-found": ("Không tìm thấy", "Not found"),
    "conflict": ("Nội dung đã được người khác sửa", "Somebody else has changed it"),
    "map-not-loaded": ("Bản đồ đơn vị chưa được tải", "The map of units is not loaded"),
}
_DETAILS = {
    "unknown_unit": ("Không có đơn vị này.", "There is no such unit."),
    "bad_period": (
        "Kỳ báo cáo phải có dạng 2026-W47 (tuần) hoặc 2026-11 (tháng).",
        "The period must look like 2026-W47 (a week) or 2026-11 (a month).",
    ),
    "bad_range": (
        "Ngày đầu phải trước ngày cuối, không quá ba năm.",
        "The first day must come before the last, three years apart at most.",
    ),
    "bad_map_day": (
        "Bản đồ phải là then (lúc phản ánh), today (hiện nay) hoặc một ngày như 2025-06-30.",
        "The map must be then, today, or a day such as 2025-06-30.",
    ),
    "stale_version": (
        "Đã có phiên bản mới hơn; hãy tải lại rồi sửa.",
        "There is a newer version; load it and change that one.",
    ),
    "invalid": ("Giá trị chưa hợp lệ.", "The value is not valid."),
    "starting": ("Hệ thống đang khởi động, xin thử lại sau.", "Starting; please try again."),
}


class Problem(Exception):
    """Raised by an endpoint. `kind` and `code` are keys of the texts above; `field` is the caller's own."""

    def __init__(self, status: int, kind: str, code: str, field: str) -> None:
        super().__init__(f"{status} {kind} {code} {field}")
        self.status, self.kind, self.code, self.field = status, kind, code, field


def handle_problems(app: FastAPI) -> None:
    """Answer problems and refused parameters of `/v1/` alike."""

    async def problem(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, Problem)
        return _response(request, error.status, error.kind, [(error.field, error.code)])

    async def refused(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        fields = [(str(e["loc"][-1]) if e["loc"] else "", "invalid") for e in error.errors()]
        return _response(request, 422, "invalid-request", fields)

    app.add_exception_handler(Problem, problem)
    app.add_exception_handler(RequestValidationError, refused)


def _response(request: Request, status: int, kind: str, fields: list[tuple[str, str]]) -> JSONResponse:
    language = _language(request.headers.get("accept-language", ""))
    errors = [{"field": field, "code": code, "detail": _DETAILS[code][language]} for field, code in fields]
    body = {
        "type": f"urn:langnghe:problem:{kind}",
        "title": _TITLES[kind][language],
        "status": status,
        "detail": errors[0]["detail"],
        "errors": errors,
    }
    return JSONResponse(
        body,
        status,
        media_type="application/problem+json",
        headers={"Content-Language": ("vi", "en")[language]},
    )


def _language(accepted: str) -> int:
    """0 for Vietnamese, 1 for English: whichever the header prefers; Vietnamese where it says neither."""
    best = {"vi": 0.0, "en": 0.0}
    for part in accepted.split(","):
        tag, _, quality = part.strip().partition(";q=")
        name = tag.strip().lower().split("-")[0]
        try:
            weight = float(quality or 1)
        except ValueError:
            weight = 0.0
        if name in best:
            best[name] = max(best[name], weight)
    return int(best["en"] > best["vi"])
