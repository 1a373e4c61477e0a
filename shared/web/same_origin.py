"""Writes come from our own pages or from programs: what another site makes a browser send is refused.

Pages have no sign-in yet and answer on this machine only; without this, any site that an officer visits could
post a form to them. A browser says where a request comes from in `Sec-Fetch-Site`, an older one in `Origin`
(which is `null` for our own pages, since they send no referrer); a program says neither.
"""

from collections.abc import Mapping

from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

_READS = frozenset({"GET", "HEAD", "OPTIONS"})
_OURS = frozenset({"same-origin", "none"})


class SameOriginWrites:
    """ASGI middleware: 403 for a write that another site's page caused."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in _READS or _ours(dict(scope["headers"])):
            await self._app(scope, receive, send)
            return
        await PlainTextResponse("Yêu cầu đến từ trang khác.\n", 403)(scope, receive, send)


def _ours(headers: Mapping[bytes, bytes]) -> bool:
    site, origin = headers.get(b"sec-fetch-site"), headers.get(b"origin")
    if site is not None:
        return site.decode("latin-1") in _OURS
    if origin is None:
        return True
    return origin.decode("latin-1").partition("://")[2] == headers.get(b"host", b"").decode("latin-1")
