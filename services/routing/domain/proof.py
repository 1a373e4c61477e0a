"""Proves a case's chain from what is kept of it, or names the first link that does not hold.

The case's row is told backwards, change by change, to how it was opened: so the row itself is proved too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal, NamedTuple
from uuid import UUID

import orjson

from services.routing.domain.case import Case
from services.routing.domain.chain import GENESIS, Codes, Entry, Told, body, codes, commit, link

Fault = Literal[
    "case_gone", "decision_gone", "decision_unknown", "unchained", "link", "field", "opening", "head", "text"
]
"""case_gone: decisions of a case that is not there; decision_gone: a version is missing; decision_unknown:
more decisions than the case's row knows of; unchained: no link though others before it have one; link: the
decision is not as it was sealed; field: the case's row says otherwise than its history; opening: the first
link does not hold, so the first decision, or the row in a field that no decision changed, is not as it was
sealed; head: the row's head is not the last link; text: text or words are not those that were sealed."""


class Break(NamedTuple):
    """The first thing of a case that does not hold, with the field where that can be told."""

    case_id: UUID
    version: int
    fault: Fault
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A decision as it is kept: its entry, the link stored with it, and the salt until words are erased."""

    entry: Entry
    link: bytes
    salt: bytes | None


@dataclass(frozen=True, slots=True)
class History:
    """A case's row (None if it is gone), its decisions in order of version, its text, and whether its
    reporter was erased."""

    case_id: UUID
    case: Case | None
    kept: Sequence[Kept]
    told: Told | None
    erased: bool = False


def examine(history: History) -> Break | None:
    """The first break; None if all holds.

    The opening is proved by the row and what later decisions changed, so a later link that does not hold is
    named before it.
    """
    case = history.case
    if case is None:
        return Break(history.case_id, len(history.kept), "case_gone")
    gap = _gap(history, case)
    if gap is not None:
        return gap
    opened, unlike = _backwards(history, case)
    return (
        _unlinked(history, case, unlike) or _unopened(history, body(opened)) or _unlike(history, case, unlike)
    )


def opened_as(history: History, case: Case) -> Codes:
    """The codes of a case as it was opened: its row told backwards through all that changed since."""
    return _backwards(history, case)[0]


def _gap(history: History, case: Case) -> Break | None:
    """Versions are contiguous, from 1 to the row's."""
    there = [kept.entry.version for kept in history.kept]
    for expected in range(1, case.version + 1):
        if len(there) < expected or there[expected - 1] != expected:
            return Break(case.case_id, expected, "decision_gone")
    if len(there) > case.version:
        return Break(case.case_id, case.version + 1, "decision_unknown")
    return None


def _backwards(history: History, case: Case) -> tuple[dict[str, Any], dict[int, str]]:
    """The case as it was opened, and the field by version in which a change does not lead to what follows."""
    state: dict[str, Any] = orjson.loads(body(codes(case.facts, case.audience, case.findings)))
    unlike: dict[int, str] = {}
    for kept in reversed(history.kept[1:]):
        for name, (before, after) in orjson.loads(kept.entry.body or b"{}").items():
            if state.get(name) != after:
                unlike.setdefault(kept.entry.version, name)
            state.pop(name, None)
            if before is not None:
                state[name] = before
    return state, unlike


def _unlinked(history: History, case: Case, unlike: dict[int, str]) -> Break | None:
    """Every link after the first follows from its decision and the link before; the row holds the last."""
    before = history.kept[0].link
    for kept in history.kept[1:]:
        version = kept.entry.version
        if not kept.link and before != GENESIS:
            return Break(case.case_id, version, "unchained")
        if kept.link and link(before, kept.entry) != kept.link:
            return Break(case.case_id, version, "link", unlike.get(version))
        before = kept.link
    return None


def _unopened(history: History, opened: bytes) -> Break | None:
    """The first link is that of the case as it was opened."""
    first = history.kept[0]
    if first.link and link(GENESIS, first.entry._replace(body=opened)) != first.link:
        return Break(history.case_id, 1, "opening")
    return None


def _unlike(history: History, case: Case, unlike: dict[int, str]) -> Break | None:
    """The row is as its last decision left it; texts and words are those sealed, or erased."""
    if unlike:
        version = min(unlike)
        return Break(case.case_id, version, "field", unlike[version])
    if case.head != history.kept[-1].link:
        return Break(case.case_id, case.version, "head")
    unsaid = (kept.entry.version for kept in history.kept if not _said(kept, history))
    return next((Break(case.case_id, version, "text") for version in unsaid), None)


def _said(kept: Kept, history: History) -> bool:
    """Whether text and words are those committed to; of an erased reporter nothing of them is left."""
    told = history.told if kept.entry.version == 1 else None
    if not kept.link:
        return True
    if kept.salt is None:
        gone = told is None and not any(reason.words for reason in kept.entry.reasons)
        return gone and (history.erased or kept.entry.commitment is None)
    return commit(kept.salt, told, kept.entry.reasons) == kept.entry.commitment
