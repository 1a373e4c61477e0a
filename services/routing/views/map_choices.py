"""Cases that wait for a person's choice of unit: where each was, what is suggested and why."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from services.routing.domain.case import Candidate, Case
from services.routing.store.map import OpenChoice
from services.routing.views.names import Names, code
from shared.web.filters import number_vi


def choices_context(
    found: Sequence[OpenChoice], cases: Mapping[UUID, Case], names: Names, today: date
) -> dict[str, Any]:
    """Context of `map_choices.html`. `communes`: what a person chooses from where nothing is offered."""
    known = [(choice, cases[choice.case_id]) for choice in found if choice.case_id in cases]
    rows = [_row(choice, case, names, today) for choice, case in known]
    return {"rows": rows, "communes": names.communes(today)}


def _row(choice: OpenChoice, case: Case, names: Names, today: date) -> dict[str, Any]:
    change = names.basis.units.change(choice.map_version)
    return {
        "id": choice.case_id,
        "code": code(choice.case_id),
        "f": case.facts,
        "from": names.place(choice.from_unit, case.facts.report_date),
        "change": change,
        "asked_at": choice.asked_at,
        "offers": [offer for candidate in choice.candidates for offer in _offers(candidate, names, today)],
        "bodies": [(body, names.body(body, today)) for body in case.audience],
    }


def _offers(candidate: Candidate, names: Names, today: date) -> list[dict[str, Any]]:
    """The part itself, and what lies below it for who knows the place better."""
    signs = [names.texts.label("map_sign", sign) for sign in candidate.evidence]
    own = {
        "unit": candidate.unit,
        "name": names.place(candidate.unit, today),
        "probability": f"{number_vi(round(candidate.probability * 100))}%",
        "evidence": "; ".join(signs),
    }
    below = [
        {"unit": unit.id, "name": f"{names.place(candidate.unit, today)}: {names.place(unit.id, today)}"}
        for unit in names.basis.units.children(candidate.unit, today)
        if unit.level == "hamlet"
    ]
    return [own, *({**hamlet, "probability": "", "evidence": ""} for hamlet in below)]
