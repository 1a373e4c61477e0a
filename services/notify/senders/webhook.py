"""Signed webhooks as Standard Webhooks: one POST, no redirect followed, an answer read only so far."""

import asyncio
import base64
import contextlib
import ssl
import time
from collections.abc import Collection
from urllib.parse import urlsplit

import httpcore2
import orjson

from services.notify.domain.addresses import is_webhook_url
from services.notify.domain.outcome import DELIVERED, Outcome, failed, retry
from services.notify.senders import Parcel
from services.notify.senders.signing import derive_secret, sign
from services.notify.senders.ssrf import ForbiddenAddress, GuardedBackend, Unresolved

_MOST_ANSWER_BYTES = 16_384
_TRY_AGAIN = frozenset({408, 425, 429})
_ANSWER_S = 1.0
_NETWORK = (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError)
EVENT_TYPE = "langnghe.notifications.v1"


class WebhookSender:
    """`key`: base64 of the key that secrets are derived from; `allowed`: see GuardedBackend, and only these
    may be plain HTTP. `timeout_s` bounds the whole attempt, whatever the receiver does."""

    def __init__(self, key: str, *, allowed: Collection[str] = (), timeout_s: float = 10) -> None:
        self._key = base64.b64decode(key, validate=True)
        self._allowed = frozenset(allowed)
        self._timeout_s = timeout_s
        self._tls = ssl.create_default_context()

    async def send(self, parcel: Parcel) -> Outcome:
        """2xx is delivered; 408, 425, 429, 5xx and broken connections may pass; the rest will not."""
        if parcel.secret_id is None or not self._may_ask(parcel.address):
            return failed("address_refused")
        try:
            async with asyncio.timeout(self._timeout_s):
                return _judge(await self._post(parcel))
        except (TimeoutError, OSError, *_NETWORK) as error:
            return _outcome(error)

    def _may_ask(self, url: str) -> bool:
        if not is_webhook_url(url):
            return False
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
        return parts.scheme == "https" or f"{parts.hostname}:{port}" in self._allowed

    async def _post(self, parcel: Parcel) -> int:
        body = orjson.dumps(
            {
                "type": EVENT_TYPE,
                "timestamp": parcel.created_at.isoformat(),
                "data": {"kind": parcel.kind, "body": parcel.body, "items": list(parcel.data)},
            }
        )
        # A pool of its own for each attempt: no connection outlives the judgement of its address.
        pool = httpcore2.AsyncConnectionPool(
            ssl_context=self._tls, max_connections=1, network_backend=GuardedBackend(self._allowed)
        )
        async with (
            pool,
            pool.stream(
                "POST", parcel.address, headers=self._headers(parcel, body), content=body
            ) as response,
        ):
            await _read_some(response)
            return int(response.status)

    def _headers(self, parcel: Parcel, body: bytes) -> list[tuple[str, str]]:
        now = int(time.time())
        secret = derive_secret(self._key, parcel.secret_id or "")
        return [
            ("Host", urlsplit(parcel.address).netloc),
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
            ("User-Agent", "langnghe-notify"),
            ("webhook-id", str(parcel.id)),
            ("webhook-timestamp", str(now)),
            ("webhook-signature", sign(secret, str(parcel.id), now, body)),
        ]


async def _read_some(response: httpcore2.Response) -> None:
    """The status has decided; a little of the body is read so that an honest receiver is not cut off."""
    read = 0
    with contextlib.suppress(TimeoutError, *_NETWORK):
        async with asyncio.timeout(_ANSWER_S):
            async for chunk in response.aiter_stream():
                read += len(chunk)
                if read > _MOST_ANSWER_BYTES:
                    return


def _outcome(error: Exception) -> Outcome:
    if isinstance(error, ForbiddenAddress):
        return failed("forbidden_address")
    if isinstance(error, Unresolved):
        return retry("unresolved")
    if isinstance(error, TimeoutError | httpcore2.TimeoutException):
        return retry("timeout")
    if isinstance(error, httpcore2.ProtocolError):
        return retry("cut")
    tls = isinstance(error, ssl.SSLError) or isinstance(error.__context__, ssl.SSLError)
    return retry("tls" if tls else "connection")


def _judge(status: int) -> Outcome:
    if 200 <= status < 300:
        return DELIVERED
    if 300 <= status < 400:
        return failed("http_redirect")
    if status in _TRY_AGAIN or status >= 500:
        return retry("http_temporary")
    return failed("http_refused")
