"""A case's history as a chain of hashes, so that nobody changes it unseen.

Each decision's link is SHA-256 over the link before it and the decision's own codes: which case, version,
kind, cause, step, body, rules (without the words they matched), versions, instant, and what it changed. The
first link covers the whole case as it was opened. Words and texts enter by a salted commitment only: when a
reporter is erased, text, words and salt go, nobody can try words against the commitment, and the chain stays
whole.

What says nothing (None, empty, False) is left out of the codes, so that a field that is added later to
`Facts` changes no old link.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime
from hashlib import sha256
from operator import attrgetter
from typing import Any, NamedTuple
from uuid import UUID

import orjson

from services.routing.domain.case import UNGUARDED, Case, Deadlines, Facts, Findings, Guard, Observed, Reason
from services.routing.domain.decision import Decision

_NOTHING = bytes(32)
GENESIS = b""
"""What stands before a case's first link, and the link of what was decided before there was a chain."""

Codes = Mapping[str, Any]
Told = tuple[str, str | None, str | None] | tuple[str, str | None, str | None, tuple[float, float]]
"""The text, the hint at its place, the reporter's unit and, where one was told, latitude and longitude: as
`case_texts` keeps them."""


class Entry(NamedTuple):
    """What a link covers of one decision. `body`: the opened case's codes, or the changes, as JSON bytes."""

    case_id: UUID
    root_id: UUID
    version: int
    kind: str
    cause: UUID
    step: int
    by: str | None
    reasons: Sequence[Reason]
    map_version: int
    rules_version: str
    decided_at: datetime
    commitment: bytes | None
    body: bytes


class Sealed(NamedTuple):
    """What is kept of a decision beside itself; `salt` and `commitment` only if words or a text are kept."""

    link: bytes
    changes: bytes | None
    commitment: bytes | None
    salt: bytes | None


class Cause(NamedTuple):
    """What led to a decision: an event's or command's id, and the place among all that it led to."""

    id: UUID
    step: int


def seal(was: Case | None, decision: Decision, cause: Cause, told: Told | None, salt: bytes) -> Sealed:
    """The link that a decision adds to its case. `told`: what it is opened on; `salt`: 16 random bytes."""
    now = codes(decision.facts, decision.audience, decision.findings)
    opened = body(now) if was is None else None
    changes = None if was is None else _changes(codes(was.facts, was.audience, was.findings), now)
    worded = told is not None or any(reason.words for reason in decision.reasons)
    commitment = commit(salt, told, decision.reasons) if worded else None
    entry = Entry(
        decision.case_id,
        decision.root_id,
        1 if was is None else was.version + 1,
        decision.kind,
        *cause,
        decision.by,
        decision.reasons,
        decision.map_version,
        decision.rules_version,
        decision.decided_at,
        commitment,
        opened or changes or b"",
    )
    return Sealed(link(was.head if was else GENESIS, entry), changes, commitment, salt if worded else None)


def link(before: bytes, entry: Entry) -> bytes:
    """The 32 bytes that stand for a decision and for everything before it."""
    head = orjson.dumps(
        (
            entry.version,
            entry.kind,
            entry.step,
            entry.by,
            [(reason.rule, reason.version, reason.basis) for reason in entry.reasons],
            entry.map_version,
            entry.rules_version,
            entry.decided_at.astimezone(UTC),
            entry.commitment.hex() if entry.commitment else None,
        )
    )
    # Of the parts only the last two vary in length, and JSON holds no raw line end.
    ids = (entry.case_id.bytes, entry.root_id.bytes, entry.cause.bytes)
    return sha256(b"".join((before or _NOTHING, *ids, head, b"\n", entry.body))).digest()


def commit(salt: bytes, told: Told | None, reasons: Sequence[Reason]) -> bytes:
    """A commitment to a text and to the words that the reasons name; says nothing without the salt."""
    return sha256(salt + orjson.dumps((told, [reason.words for reason in reasons]))).digest()


def told_of(
    text: str, hint: str | None, unit: str | None, latitude: float | None, longitude: float | None
) -> Told:
    """What a commitment is made to. Without coordinates nothing stands for them."""
    if latitude is None or longitude is None:
        return text, hint, unit
    return text, hint, unit, (latitude, longitude)


def codes(facts: Facts, audience: Sequence[str], findings: Findings) -> dict[str, Any]:
    """A case as codes: its facts, who may know of it, and what the conflict of interest is judged by."""
    found = _said(_FACTS, _facts(facts))
    found["audience"] = audience
    if findings.accused is not None or findings.guard is not UNGUARDED:
        guard = _parts(findings.guard)
        if findings.accused is not None:
            guard["accused"] = findings.accused
        if guard:
            found["guard"] = guard
    return found


def body(of: Codes) -> bytes:
    """Codes as the bytes that a link covers, whatever order they come in."""
    return orjson.dumps(of, option=orjson.OPT_SORT_KEYS)


def _changes(was: Codes, now: Codes) -> bytes:
    """{field: [before, after]} of what changed."""
    names = [name for name in {**was, **now} if was.get(name) != now.get(name)]
    return body({name: (was.get(name), now.get(name)) for name in names})


def _said(names: Sequence[str], values: Sequence[Any]) -> dict[str, Any]:
    """The values as JSON holds them, instants in UTC, without those that say nothing."""
    found = {}
    for name, value in zip(names, values, strict=True):
        kind = type(value)
        if kind is str or kind is int:
            found[name] = value
        elif kind is datetime:
            found[name] = value.astimezone(UTC)
        elif value:
            found[name] = _parts(value) if kind in _PARTS else value
    return found


def _parts(part: Any) -> dict[str, Any]:
    names, get = _PARTS[type(part)]
    return _said(names, get(part))


def _read_by(part: type, *, but_for: str = "") -> tuple[tuple[str, ...], Callable[[Any], tuple[Any, ...]]]:
    """The names of a dataclass's fields, and what gets them all at once."""
    names = tuple(field.name for field in fields(part) if field.name != but_for)
    return names, attrgetter(*names)


_FACTS, _facts = _read_by(Facts)
# The reasons of deadlines are those of the decision, and are not kept with the case.
_PARTS = {
    Deadlines: _read_by(Deadlines, but_for="reasons"),
    Observed: _read_by(Observed),
    Guard: _read_by(Guard),
}
