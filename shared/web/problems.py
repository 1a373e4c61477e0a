"""What a caller is told when something is wrong: problem details (RFC 9457), to a browser a page.

A service has `Problems` with its own codes; a route raises `Problem`. Titles are the texts `problem.<code>`,
details `problem.<code>_detail` where there is one. Nothing that was sent is repeated, and no traceback.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as with_default
from pathlib import Path
from typing import Final, Literal

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

from shared.web.catalogue import BASE_TEXTS, VIETNAMESE, Catalogue
from shared.web.failures import AnswerFailures
from shared.web.navigation import NavLink
from shared.web.templating import SHARED_TEMPLATES, templates

Language = Literal["vi", "en"]
STATUSES: Final[Mapping[str, int]] = {
    "bad_request": 400,
    "unauthorized": 401,
    "forbidden": 403,
    "not_found": 404,
    "method_not_allowed": 405,
    "body_too_large": 413,
    "content_type": 415,
    "invalid": 422,
    "failed": 500,
    "unavailable": 503,
}
"""Codes that every service has, with the status of each."""
_CODES: Final = {status: code for code, status in STATUSES.items()}
_MOST_FIELDS: Final = 20


@dataclass(frozen=True, slots=True)
class FieldError:
    """A field at fault: its name, a code of ours, and what is said of it by language.

    Without `said` that is the text `problem.<code>`.
    """

    field: str
    code: str
    said: Mapping[str, str] = with_default(default_factory=dict)


@dataclass(slots=True)
class Problem(Exception):
    """Raised by a route. `code` is one of the service's; `status` only where it differs from the code's."""

    code: str
    errors: Sequence[FieldError] = ()
    headers: Mapping[str, str] = with_default(default_factory=dict)
    status: int = 0
    log_id: str = ""
    """Of the line in the log that says more, where there is one."""


class Problems:
    """How one service says what is wrong. `texts`: folder with its own; `own`: its codes and statuses."""

    def __init__(self, texts: Path | None = None, own: Mapping[str, int] | None = None) -> None:
        self._folder = texts
        self._texts = Catalogue.load(BASE_TEXTS, *([texts] if texts else []))
        self._known = self._texts.keys()
        self.statuses: Final = {**STATUSES, **(own or {})}

    def install(self, app: FastAPI, service: str, nav: Sequence[NavLink] = ()) -> None:
        """Answer every error of `app`. Install it before the middleware that sets headers on responses."""
        self._pages = templates(SHARED_TEMPLATES, nav=nav, texts=self._folder)

        async def problem(request: Request, error: Exception) -> Response:
            assert isinstance(error, Problem)
            return self.response(request, error)

        async def by_status(request: Request, error: Exception) -> Response:
            assert isinstance(error, HTTPException)
            status = error.status_code
            code = _CODES.get(status) or ("bad_request" if status < 500 else "failed")
            return self.response(request, Problem(code, headers=dict(error.headers or {}), status=status))

        async def refused(request: Request, error: Exception) -> Response:
            assert isinstance(error, RequestValidationError)
            names = [".".join(map(str, e["loc"][1:])) for e in error.errors()[:_MOST_FIELDS]]
            return self.response(request, Problem("invalid", [FieldError(n, "invalid_value") for n in names]))

        app.add_exception_handler(Problem, problem)
        app.add_exception_handler(HTTPException, by_status)
        app.add_exception_handler(RequestValidationError, refused)
        app.add_middleware(AnswerFailures, service=service, answer=self._failed)

    def response(self, request: Request, problem: Problem) -> Response:
        """The problem as its caller reads it."""
        status = problem.status or self.statuses[problem.code]
        headers = dict(problem.headers)
        if status == 503:
            headers.setdefault("Retry-After", "1")
        if wants_page(request):
            return self._page(request, problem, status, headers)
        tongue = language(request)
        title, detail = self._title(problem.code, tongue), self._detail(problem, tongue)
        body = {
            "type": f"urn:langnghe:problem:{problem.code}",
            "title": title,
            "status": status,
            "detail": detail,
            **({"log_id": problem.log_id} if problem.log_id else {}),
            **({"errors": self._errors(problem, tongue)} if problem.errors else {}),
        }
        headers = {"Content-Language": tongue, "Cache-Control": "no-store", **headers}
        return JSONResponse(body, status, headers, media_type="application/problem+json")

    def _page(self, request: Request, problem: Problem, status: int, headers: dict[str, str]) -> Response:
        said = {"title": self._title(problem.code), "detail": self._detail(problem), "log_id": problem.log_id}
        return self._pages.TemplateResponse(request, "problem.html", said, status, headers)

    def _failed(self, request: Request, log_id: str, *, transient: bool) -> Response:
        return self.response(request, Problem("unavailable" if transient else "failed", log_id=log_id))

    def _title(self, code: str, tongue: str = VIETNAMESE) -> str:
        return self._texts.text(f"problem.{code}", tongue)

    def _detail(self, problem: Problem, tongue: str = VIETNAMESE) -> str:
        if problem.errors:
            return " ".join(dict.fromkeys(e["detail"] for e in self._errors(problem, tongue)))
        key = f"problem.{problem.code}_detail"
        return self._texts.text(key if key in self._known else f"problem.{problem.code}", tongue)

    def _errors(self, problem: Problem, tongue: str) -> list[dict[str, str]]:
        return [
            {
                "field": e.field,
                "code": e.code,
                "detail": e.said.get(tongue) or self._texts.text(f"problem.{e.code}", tongue),
            }
            for e in problem.errors
        ]


def wants_page(request: Request) -> bool:
    """Whether a person's browser asks: for HTML, and not for the API."""
    return "text/html" in request.headers.get("accept", "") and not request.url.path.startswith("/v1/")


def language(request: Request) -> Language:
    """`en` if the caller prefers it to `vi`, as RFC 9110 weighs them."""
    best: dict[str, float] = {}
    for part in request.headers.get("accept-language", "")[:200].split(","):
        tag, *parameters = (piece.strip().lower() for piece in part.split(";"))
        name = tag.split("-")[0]
        best[name] = max(best.get(name, 0.0), _weight(parameters))
    return "en" if best.get("en", 0.0) > best.get("vi", 0.0) else "vi"


def _weight(parameters: Sequence[str]) -> float:
    told = next((p.removeprefix("q=") for p in parameters if p.startswith("q=")), "1")
    try:
        return float(told)
    except ValueError:
        return 0.0
