"""CloudEvents 1.0 in Kafka's binary mode: attributes as headers, read without ever raising.

Source: CloudEvents Kafka protocol binding, binary content mode.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import NamedTuple

import uuid_utils

Headers = Sequence[tuple[str, bytes | None]]

_UUID = re.compile(rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TRACE_LENGTH = 55
_REQUIRED = ("ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time")
_TRACE = re.compile(rb"[0-9a-f]{2}-([0-9a-f]{32})-[0-9a-f]{16}-[0-9a-f]{2}")


class Envelope(NamedTuple):
    """An event's attributes. `causation` is the id of the event or command that caused it; `traceparent` is
    W3C trace context, made at the door and handed on unchanged in its trace id."""

    id: str
    source: str
    type: str
    time: str
    causation: str | None = None
    traceparent: str | None = None

    def headers(self) -> list[tuple[str, bytes]]:
        """As Kafka takes them."""
        return [(name, value.encode()) for name, value in self.pairs()]

    def pairs(self) -> list[tuple[str, str]]:
        """The headers as text."""
        pairs = [
            ("ce_specversion", "1.0"),
            ("ce_id", self.id),
            ("ce_source", self.source),
            ("ce_type", self.type),
            ("ce_time", self.time),
            ("content-type", "application/json"),
        ]
        if self.causation:
            pairs.append(("ce_causationid", self.causation))
        if self.traceparent:
            pairs.append(("traceparent", self.traceparent))
        return pairs

    @property
    def trace_id(self) -> str | None:
        return self.traceparent.split("-")[1] if self.traceparent else None


class HeaderError(ValueError):
    """A header that is missing, null, doubled or not UTF-8; `name` says which, in printable ASCII."""

    def __init__(self, name: str, problem: str) -> None:
        name = ascii(name[:100])[1:-1]
        super().__init__(f"header {name}: {problem}")
        self.name = name
        self.problem = problem


def read_headers(raw: Headers) -> dict[str, str]:
    """Headers as text. Raises HeaderError for null, doubled or non-UTF-8 ones."""
    try:
        found = {name: value.decode() for name, value in raw if value}
    except UnicodeDecodeError:
        return _read_one_by_one(raw)
    well = len(found) == len(raw) and "".join(found).isascii()
    return found if well else _read_one_by_one(raw)


def _read_one_by_one(raw: Headers) -> dict[str, str]:
    """As `read_headers`, for what may be wrong: it takes thrice as long."""
    found: dict[str, str] = {}
    for name, value in raw:
        if not _is_utf8(name):
            raise HeaderError(name, "name not UTF-8")
        if value is None:
            raise HeaderError(name, "null")
        if name in found:
            raise HeaderError(name, "doubled")
        try:
            found[name] = value.decode()
        except UnicodeDecodeError:
            raise HeaderError(name, "not UTF-8") from None
    return found


def _is_utf8(name: str) -> bool:
    """False for a name that was read with surrogates in place of bytes that are not UTF-8."""
    return name.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in name)


def read_envelope(headers: dict[str, str]) -> Envelope:
    """The CloudEvents attributes. Raises HeaderError naming the one that is missing."""
    for name in _REQUIRED:
        if not headers.get(name):
            raise HeaderError(name, "missing")
    return Envelope(
        headers["ce_id"],
        headers["ce_source"],
        headers["ce_type"],
        headers["ce_time"],
        headers.get("ce_causationid"),
        _traceparent(headers.get("traceparent")),
    )


def _traceparent(value: str | None) -> str | None:
    if value is None or len(value) != _TRACE_LENGTH or value.count("-") != 3:
        return None
    return value if value[2] == value[35] == value[52] == "-" else None


def loggable_ids(raw: Headers) -> dict[str, str]:
    """`event_id` and `trace_id` for a log line; left out unless they look like ids of ours.

    An outsider's header can be anything, a name or a telephone number too.
    """
    found = {name: value for name, value in raw if value and name in ("ce_id", "traceparent")}
    ids = {}
    if _UUID.fullmatch(found.get("ce_id", b"")):
        ids["event_id"] = found["ce_id"].decode()
    if trace := _TRACE.fullmatch(found.get("traceparent", b"")):
        ids["trace_id"] = trace[1].decode()
    return ids


def new_trace() -> str:
    """A fresh W3C traceparent, sampled."""
    trace = uuid_utils.uuid4().hex
    return f"00-{trace}-{trace[:16]}-01"


def new_envelope(
    source: str, type_: str, *, causation: str | None, traceparent: str | None, time: str | None = None
) -> Envelope:
    """An envelope for an event that a service is about to announce, at `time` (RFC 3339) or now; ids are
    UUIDv7."""
    time = time or datetime.now(UTC).isoformat()
    return Envelope(str(uuid_utils.uuid7()), source, type_, time, causation, traceparent)
