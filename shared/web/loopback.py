"""Pages that show cases answer on this machine only, until there is sign-in.

Both ends are checked: the client's address, and the Host header, so that a page of another site whose name
was made to resolve to 127.0.0.1 reads nothing.
"""

from collections.abc import Callable

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
PROBES = frozenset({"/livez", "/readyz", "/metrics"})


def is_probe(path: str) -> bool:
    """What shows no case and is asked from other machines: by an orchestrator, by Prometheus."""
    return path in PROBES


class LoopbackOnly:
    """ASGI middleware; `public(path)` names the paths that anybody may ask (default: none)."""

    def __init__(self, app: ASGIApp, public: Callable[[str], bool] = lambda _path: False) -> None:
        self._app = app
        self._public = public

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or self._public(scope["path"]) or _is_local(scope):
            await self._app(scope, receive, send)
            return
        await PlainTextResponse("Chỉ truy cập được từ máy chủ này.\n", 403)(scope, receive, send)


def _is_local(scope: Scope) -> bool:
    client = scope.get("client")
    headers = {name: value for name, value in scope["headers"] if name in (b"host", b"x-forwarded-for")}
    host = headers.get(b"host", b"").decode("latin-1")
    name = host.removeprefix("[").split("]")[0] if host.startswith("[") else host.rsplit(":", 1)[0]
    forwarded = b"x-forwarded-for" in headers
    return client is not None and client[0] in LOOPBACK and name in LOOPBACK and not forwarded
