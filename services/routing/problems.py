"""Errors as problem details (RFC 9457), in the caller's language, Vietnamese first."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse

from services.routing.reading import Fault
from shared.web.catalogue import BASE_TEXTS, Catalogue

TEXTS = Path(__file__).parent / "texts"
_CATALOGUE = Catalogue.load(BASE_TEXTS, TEXTS)


def language(request: Request) -> str:
    """English only for who prefers it to Vietnamese."""
    header = request.headers.get("accept-language", "")
    asked = [part.split(";")[0].strip().lower()[:2] for part in header.split(",")]
    return next((code for code in asked if code in ("vi", "en")), "vi")


def invalid(request: Request, faults: Sequence[Fault]) -> JSONResponse:
    """422 naming each parameter at fault."""
    lang = language(request)
    errors = [
        {"field": f.field, "code": f.code, "detail": _CATALOGUE.text(f"problem.{f.code}", lang)}
        for f in faults
    ]
    return _problem(request, 422, "invalid", errors=errors)


def not_found(request: Request) -> JSONResponse:
    """404."""
    return _problem(request, 404, "not_found")


def starting(request: Request) -> JSONResponse:
    """503 while the map is not loaded: no unit can be named yet."""
    return _problem(request, 503, "starting")


def _problem(request: Request, status: int, key: str, **more: Any) -> JSONResponse:
    lang = language(request)
    content = {
        "type": f"urn:langnghe:problem:{key.replace('_', '-')}",
        "title": _CATALOGUE.text(f"problem.{key}", lang),
        "status": status,
        "detail": _CATALOGUE.text(f"problem.{key}_detail", lang),
        **more,
    }
    return JSONResponse(
        content, status, media_type="application/problem+json", headers={"Content-Language": lang}
    )
