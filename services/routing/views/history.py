"""The history of a case: every decision with its reasons, and the state that each led to."""

from collections.abc import Sequence
from typing import Any

from services.routing.domain.case import Case
from services.routing.store.reads import Decided
from services.routing.views.why import Point, Why
from shared.web.catalogue import Catalogue

_TONES = {"triage": "warn", "withdrawn": "neutral"}


def entries(case: Case, history: Sequence[Decided], why: Why, texts: Catalogue) -> list[dict[str, Any]]:
    """Entries of the timeline, oldest first."""
    return [
        {
            "title": texts.label("decision", f"{decided.kind}.{state}"),
            "at": decided.decided_at,
            "by": texts.text("decision.version", version=decided.version),
            "reasons": [_line(why.point(reason), texts) for reason in decided.reasons],
            "tone": _TONES.get(state, "good"),
            "current": decided is history[-1],
        }
        for decided, state in zip(history, states(case, history), strict=True)
    ]


def states(case: Case, history: Sequence[Decided]) -> list[str]:
    """The state after each decision: a decision says what it changed, so the story is told from its end."""
    state: str = case.facts.state
    found = []
    for decided in reversed(history):
        found.append(state)
        state = str(decided.changes.get("state", (state,))[0])
    return found[::-1]


def _line(point: Point, texts: Catalogue) -> str:
    rule = texts.text("why.rule", rule=point.rule, version=point.version)
    basis = texts.text("why.basis", basis=point.basis) if point.basis else ""
    return f"{point.text} {basis} {rule}".replace("  ", " ")
