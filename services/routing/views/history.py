"""The history of a case: every decision with its reasons, who took it, and the state that it led to."""

from collections.abc import Sequence
from typing import Any

from services.routing.domain.case import Case, Facts
from services.routing.store.reads import Decided
from services.routing.views.along import along
from services.routing.views.names import Names
from services.routing.views.why import Point, Why
from shared.web.catalogue import Catalogue

_TONES = {
    "triage": "warn",
    "returned": "warn",
    "disputed": "danger",
    "withdrawn": "neutral",
    "suspended": "neutral",
    "linked": "neutral",
    "spam": "neutral",
}


def entries(case: Case, history: Sequence[Decided], names: Names, *, erased: bool) -> list[dict[str, Any]]:
    """Entries of the timeline, oldest first; each as the case stood then."""
    texts = names.texts
    return [
        {
            "title": _title(decided.kind, then.facts, texts),
            "at": decided.decided_at,
            "by": _by(decided, names, then),
            "reasons": [
                _line(Why(then, names, erased=erased).point(reason), texts) for reason in decided.reasons
            ],
            "tone": _TONES.get(then.facts.state, "good"),
            "current": decided is history[-1],
        }
        for decided, then in zip(history, along(case, history), strict=True)
    ]


def _title(kind: str, facts: Facts, texts: Catalogue) -> str:
    turn: str = facts.state
    if kind == "Linked" and turn != "linked":
        turn = "with_others" if facts.incident else "apart"
    key = f"{kind}.{turn}"
    known = texts.label("decision", key)
    return known if known != key else texts.label("decision_kind", kind)


def _by(decided: Decided, names: Names, then: Case) -> str:
    version = names.texts.text("decision.version", version=decided.version)
    return f"{names.body(decided.by, then.facts.report_date)} · {version}" if decided.by else version


def states(case: Case, history: Sequence[Decided]) -> list[str]:
    """The state after each decision."""
    return [then.facts.state for then in along(case, history)]


def _line(point: Point, texts: Catalogue) -> str:
    rule = texts.text("why.rule", rule=point.rule, version=point.version)
    basis = texts.text("why.basis", basis=point.basis) if point.basis else ""
    return f"{point.text} {basis} {rule}".replace("  ", " ")
