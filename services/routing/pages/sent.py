"""What a form of the case's page sends, as the fields of an order; what was left empty is left out."""

from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl

from fastapi import Request

from shared.web.problems import Problem

_MOST: Final = 32 * 1024
_MOST_FIELDS: Final = 60
_SEVERAL: Final = frozenset({"reasons"})


async def read_order(request: Request) -> dict[str, str | Sequence[str]]:
    """The fields that say something. Raises Problem for what is no form."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise Problem("content_type")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST:
            raise Problem("body_too_large")
    try:
        pairs = parse_qsl(body.decode("ascii"), errors="strict", max_num_fields=_MOST_FIELDS)
    except ValueError:
        raise Problem("bad_request") from None
    told: dict[str, str | Sequence[str]] = {name: value for name, value in pairs if value.strip()}
    for name in _SEVERAL & told.keys():
        told[name] = [value for key, value in pairs if key == name]
    return told
