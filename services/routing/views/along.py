"""A case as it stood after each of its decisions, and its reasons as they stand now."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from services.routing.domain.case import Case, Deadlines
from services.routing.store.reads import Decided
from services.routing.views.names import Names
from services.routing.views.why import QUESTIONS, Answer, Why

_PLAIN = (
    "state", "unit", "category", "legal_kind", "severity", "level", "restricted", "listening_owner",
    "resolving_owner", "outcome", "incident",
)  # fmt: skip
"""Facts that are told of a decision and kept as they are spelled."""


def along(case: Case, history: Sequence[Decided]) -> list[Case]:
    """The case after each decision: a decision says what it changed, so the story is told from its end."""
    found = []
    for decided in reversed(history):
        found.append(case)
        case = replace(case, facts=replace(case.facts, **_before(decided.changes)))
    return found[::-1]


def _before(changes: Mapping[str, tuple[Any, Any]]) -> dict[str, Any]:
    facts: dict[str, Any] = {name: changes[name][0] for name in _PLAIN if name in changes}
    if "restricted" in facts:
        facts["restricted"] = bool(facts["restricted"])
    if "severity" in facts:
        facts["severity"] = facts["severity"] or 0
    if "deadlines" in changes:
        facts["deadlines"] = _deadlines(changes["deadlines"][0])
    if "object_by" in changes:
        facts["object_by"] = _moment(changes["object_by"][0])
    return facts


def _deadlines(told: Mapping[str, Any] | None) -> Deadlines | None:
    """Deadlines as a decision tells them: what says nothing is left out."""
    forward, listen = _moment((told or {}).get("forward_by")), _moment((told or {}).get("listen_by"))
    if told is None or forward is None or listen is None:
        return None
    return Deadlines(
        forward,
        _moment(told.get("settle_by")),
        listen,
        str(told.get("rule", "")),
        provisional=bool(told.get("provisional")),
    )


def _moment(told: str | None) -> datetime | None:
    return None if told is None else datetime.fromisoformat(told)


def standing(case: Case, history: Sequence[Decided], names: Names, *, erased: bool) -> list[Answer]:
    """The questions as the decisions so far answer them: of each the latest one that says something."""
    found: dict[str, Answer] = {}
    for decided, then in zip(history, along(case, history), strict=True):
        for answer in Why(then, names, erased=erased).answers(decided.reasons):
            found[answer.question] = replace(answer, since=decided.decided_at)
    if case.findings.triage is None:
        found.pop("triage", None)
    return [found[question] for question in QUESTIONS if question in found]
