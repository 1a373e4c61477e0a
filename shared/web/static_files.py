"""Static files under `/static/`, cached for a year when asked for by the hash of their content."""

import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.staticfiles import StaticFiles

STATIC_DIR = Path(__file__).parent / "static"
FOREVER = "public, max-age=31536000, immutable"
REVALIDATE = "no-cache"


@cache
def content_hash(name: str) -> str:
    """First 12 hex digits of the SHA-256 of `static/<name>`. Raises FileNotFoundError for a misspelt name."""
    return hashlib.sha256((STATIC_DIR / name).read_bytes()).hexdigest()[:12]


def static_url(name: str, root_path: str = "") -> str:
    """Where a page finds `static/<name>`; the query changes with the content, so caches may keep it."""
    return f"{root_path.rstrip('/')}/static/{name}?v={content_hash(name)}"


class _CachedStaticFiles(StaticFiles):
    async def get_response(self, path: str, scope: Any) -> Response:
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _cache_control(path, scope)
        return response


def _cache_control(path: str, scope: Mapping[str, Any]) -> str:
    """Only the content that a hash names is for ever; during a rolling update the other one is served too."""
    asked = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("v", [""])[0]
    if asked and (STATIC_DIR / path).is_file() and asked == content_hash(path):
        return FOREVER
    return REVALIDATE


def mount_static(app: Starlette) -> None:
    """Serve `shared/web/static` at `/static/` of the given FastAPI or Starlette application."""
    app.mount("/static", _CachedStaticFiles(directory=STATIC_DIR), name="static")
