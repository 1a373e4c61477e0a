"""A report's progress in plain words, for the receipt page and the API alike: no identity, no text."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.intake.domain.tracking import show
from services.intake.store.case_status import Status
from services.intake.use_cases.receipt import Matter, Receipt
from shared.contracts.vocabulary import ENDED_STATES
from shared.local_time import LOCAL
from shared.units import UnitMap, full_name
from shared.web.catalogue import Catalogue


@dataclass(frozen=True, slots=True)
class Step:
    """One step on the way; `state` is its code."""

    state: str
    at: datetime


def steps(receipt: Receipt, matter: Matter) -> list[Step]:
    """What happened so far, oldest first; the last one is how it stands."""
    tracked, status = receipt.tracked, matter.status
    found = [Step("received", tracked.received_at)]
    if status is not None:
        if status.version > 1 and status.state != "opened":
            found.append(Step("opened", status.opened_at))
        found.append(Step(status.state, status.decided_at))
    if tracked.withdrawn_at:
        found = [s for s in found if s.state != "withdrawn"]
        found.append(Step("withdrawn", tracked.withdrawn_at))
    if tracked.erased_at:
        found.append(Step("erased", tracked.erased_at))
    return found


def handler(status: Status | None, texts: Catalogue, units: UnitMap, language: str = "vi") -> str | None:
    """Who is handling it, by name; of a restricted case only the level is told."""
    if status is None:
        return None
    if status.restricted:
        return texts.text("body.restricted", language)
    kind, _, unit_id = (status.resolving_owner or status.listening_owner).partition("@")
    unit = units.unit(unit_id, _local(status.decided_at))
    name = texts.label("body", kind, language)
    return name.replace("{unit}", full_name(unit) if unit else "").strip()


def place(status: Status | None, units: UnitMap) -> str | None:
    """Where it is, by name, once that is decided."""
    unit = units.unit(status.unit, _local(status.decided_at)) if status and status.unit else None
    return full_name(unit) if unit else None


def category(status: Status | None) -> str | None:
    """What it is about; of a restricted case that is not told."""
    return None if status is None or status.restricted else status.category


def due(receipt: Receipt, matter: Matter) -> datetime | None:
    """By when it should be answered, while that is still awaited."""
    status = matter.status
    if status is None or receipt.tracked.withdrawn_at or receipt.tracked.erased_at:
        return None
    if status.state in ENDED_STATES:
        return None
    return status.settle_by or status.listen_by


def outcome(status: Status | None, texts: Catalogue, language: str = "vi") -> str | None:
    """How it was answered, in plain words."""
    return texts.label("outcome", status.outcome, language) if status and status.outcome else None


def as_json(receipt: Receipt, texts: Catalogue, units: UnitMap, language: str) -> dict[str, Any]:
    """The status document of the API: how the root stands and, if the report has parts, each matter."""

    def standing(matter: Matter) -> dict[str, Any]:
        return _standing(receipt, matter, texts, units, language)

    def named(matter: Matter) -> dict[str, Any]:
        about = category(matter.status)
        said = texts.label("category", about, language) if about else None
        return {"case_id": str(matter.case_id), "category": about, "category_text": said, **standing(matter)}

    return {
        "tracking_code": show(receipt.code),
        "purpose": receipt.tracked.purpose,
        "received_at": receipt.tracked.received_at.isoformat(),
        **standing(receipt.root),
        **({"matters": [named(matter) for matter in receipt.matters]} if receipt.parts else {}),
    }


def _standing(
    receipt: Receipt, matter: Matter, texts: Catalogue, units: UnitMap, language: str
) -> dict[str, Any]:
    done, status = steps(receipt, matter), matter.status
    awaited = due(receipt, matter)
    return {
        "state": done[-1].state,
        "state_text": texts.label("progress", done[-1].state, language),
        "updated_at": done[-1].at.isoformat(),
        "handled_by": handler(status, texts, units, language),
        "place": place(status, units),
        "answer_due": awaited.isoformat() if awaited else None,
        "outcome": status.outcome if status else None,
        "outcome_text": outcome(status, texts, language),
        "feedback": matter.feedback.verdict if matter.feedback else None,
        "feedback_wanted": receipt.awaits_feedback(matter),
        "feedback_until": status.object_by.isoformat() if status and status.object_by else None,
        "steps": [
            {"state": s.state, "text": texts.label("progress", s.state, language), "at": s.at.isoformat()}
            for s in done
        ],
    }


def _local(moment: datetime) -> date:
    return moment.astimezone(LOCAL).date()
