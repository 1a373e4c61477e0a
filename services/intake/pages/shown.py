"""What the receipt page shows of a report: how each of its matters stands, and what its reporter may do."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from services.intake.domain.tracking import show
from services.intake.front import Front
from services.intake.progress import category, due, handler, outcome, place, steps
from services.intake.store.case_status import Status
from services.intake.use_cases.receipt import Matter, Receipt

_TONES: Mapping[str, str] = {
    "triage": "warn",
    "returned": "warn",
    "disputed": "warn",
    "withdrawn": "neutral",
    "erased": "neutral",
}


def shown(front: Front, found: Receipt, *, fresh: bool) -> dict[str, Any]:
    """What `receipt.html` is filled with. `fresh`: it was sent just now."""
    tracked = found.tracked
    return {
        "active": "lookup",
        "code": show(found.code),
        "fresh": fresh,
        "purpose": tracked.purpose,
        "matters": [_matter(front, found, matter) for matter in found.matters],
        "now": datetime.now(UTC),
        "can_withdraw": not (tracked.withdrawn_at or tracked.erased_at),
        "can_erase": not tracked.erased_at,
    }


def _matter(front: Front, found: Receipt, matter: Matter) -> dict[str, Any]:
    done, status, judge = steps(found, matter), matter.status, found.awaits_feedback(matter)
    last, about = done[-1], category(status)
    return {
        "case_id": matter.case_id,
        "category": front.texts.label("category", about) if about else "",
        "entries": [
            {
                "title": front.texts.label("progress", step.state),
                "at": step.at,
                "tone": _TONES.get(step.state, "good"),
                "current": step is last,
            }
            for step in done
        ],
        "state": front.texts.label("progress_short", last.state),
        "tone": _TONES.get(last.state, "good"),
        "waiting": status is None,
        "handler": handler(status, front.texts, front.map.current),
        "place": place(status, front.map.current),
        "due": due(found, matter),
        "outcome": outcome(status, front.texts),
        "outcome_note": _note(front, status),
        "judge": judge,
        "object_by": status.object_by if status and judge else None,
        "said": front.texts.text(f"receipt.said_{matter.feedback.verdict}") if matter.feedback else "",
        "second": status is not None and status.settlement == 2,
    }


def _note(front: Front, status: Status | None) -> str:
    """What the outcome means for the reporter."""
    return front.texts.text(f"outcome_note.{status.outcome}") if status and status.outcome else ""
