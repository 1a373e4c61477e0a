"""Problem details (RFC 9457) in the caller's language; Vietnamese unless English is preferred."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from fastapi import Request
from fastapi.responses import JSONResponse

from services.intake.domain.problems import Problem as FieldProblem

Language = Literal["vi", "en"]

PROBLEMS: Final[dict[str, tuple[int, str, str]]] = {
    "idempotency_key_missing": (
        400,
        "Thiếu tiêu đề Idempotency-Key.",
        "The Idempotency-Key header is missing.",
    ),
    "idempotency_key_malformed": (
        400,
        "Idempotency-Key phải là một UUID (nguồn đã đăng ký: một dòng tối đa 200 ký tự).",
        "The Idempotency-Key must be a UUID (registered sources: one line of at most 200 characters).",
    ),
    "token_invalid": (401, "Mã truy cập không đúng.", "The bearer token is not valid."),
    "not_found": (404, "Không tìm thấy.", "There is nothing here."),
    "method_not_allowed": (405, "Không dùng được phương thức này.", "This method cannot be used here."),
    "body_too_large": (413, "Nội dung gửi quá lớn.", "The body is too large."),
    "content_type": (415, "Sai kiểu nội dung (Content-Type).", "This Content-Type is not taken here."),
    "content_encoding": (
        415,
        "Không nhận nội dung nén.",
        "Compressed bodies are not taken: send it without Content-Encoding.",
    ),
    "idempotency_key_reused": (
        422,
        "Idempotency-Key này đã dùng cho một nội dung khác.",
        "This Idempotency-Key was used with another body.",
    ),
    "invalid": (422, "Nội dung gửi có chỗ chưa đúng.", "The submission is not valid."),
    "sheet_unreadable": (422, "Không đọc được bảng.", "The sheet cannot be read."),
    "erased": (409, "Phản ánh đã được xóa.", "The report was erased."),
    "too_many_requests": (429, "Gửi quá nhiều, xin thử lại sau.", "Too many requests: try again later."),
    "busy": (503, "Hệ thống đang bận, xin thử lại.", "The service is busy: try again."),
    "outcome_unknown": (
        503,
        "Chưa rõ kết quả; xin gửi lại với cùng Idempotency-Key.",
        "The outcome is not known: send the same again under the same Idempotency-Key.",
    ),
}


@dataclass(slots=True)
class Problem(Exception):
    """Raised by a route; `code` is a key of PROBLEMS."""

    code: str
    errors: Sequence[FieldProblem] = ()
    headers: dict[str, str] = field(default_factory=dict)


def language(request: Request) -> Language:
    """`en` if the caller prefers it to `vi`."""
    best: dict[str, float] = {}
    for part in request.headers.get("accept-language", "")[:200].split(","):
        name, _, weight = part.strip().partition(";q=")
        tag = name.split("-")[0].lower()
        best[tag] = max(best.get(tag, 0.0), _weight(weight))
    return "en" if best.get("en", 0.0) > best.get("vi", 0.0) else "vi"


def _weight(text: str) -> float:
    try:
        return float(text) if text else 1.0
    except ValueError:
        return 0.0


def problem_response(request: Request, problem: Problem) -> JSONResponse:
    """The problem as application/problem+json; values that were sent are never repeated."""
    tongue = language(request)
    status, vietnamese, english = PROBLEMS[problem.code]
    title = english if tongue == "en" else vietnamese
    body = {
        "type": f"urn:langnghe:problem:{problem.code}",
        "title": title,
        "status": status,
        "detail": " ".join(dict.fromkeys(_said(e, tongue) for e in problem.errors)) or title,
    }
    if problem.errors:
        body["errors"] = [
            {"field": e.field, "code": e.code, "detail": _said(e, tongue)} for e in problem.errors
        ]
    headers = {"Content-Language": tongue, "Cache-Control": "no-store", **problem.headers}
    if status == 503:
        headers.setdefault("Retry-After", "1")
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def _said(error: FieldProblem, tongue: Language) -> str:
    return error.message_en if tongue == "en" else error.message_vi
