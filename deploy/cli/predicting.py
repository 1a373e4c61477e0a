"""What routing would decide on reports, by the very code that it runs: no servers, nothing written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from services.routing.domain.basis import Basis
from services.routing.domain.case import Report
from services.routing.domain.decide import opened
from services.routing.domain.decision import Decision, evolve
from services.routing.domain.follow_map import Moment, follow
from services.routing.domain.incidents.grounds import Grounds
from services.routing.domain.incidents.keys import Decided, incident_keys
from services.routing.domain.seen import see_all

YEARS = range(2024, 2031)
"""The years that deadlines are counted in."""
_BATCH = 500
"""So many reports are read together, as routing does."""


@dataclass(frozen=True, slots=True)
class Predicted:
    """A report's id and text with the decision on it."""

    id: str
    report: Report
    decision: Decision


def standard_basis(home: str = "24") -> Basis:
    """The rules, the model and the map that are delivered with the service. `home`: code of the province."""
    from services.routing import boundaries, model, rules
    from services.routing.map.seed import unit_map

    return Basis.of(
        rules.standard(),
        unit_map(),
        YEARS,
        home,
        model=model.standard(),
        outlines=boundaries.standard(),
    )


def decided(reports: Iterable[tuple[str, Report]], basis: Basis) -> list[Predicted]:
    """Every report as the root case that it would open."""
    told = list(reports)
    found: list[Predicted] = []
    for at in range(0, len(told), _BATCH):
        batch = told[at : at + _BATCH]
        seen = see_all([report for _, report in batch], basis)
        found += [
            Predicted(key, report, opened(report, report.received_at, basis, one)[0])
            for (key, report), one in zip(batch, seen, strict=True)
        ]
    return found


def rows(found: Sequence[Predicted], basis: Basis) -> list[dict[str, Any]]:
    """What is told of each: units as the official codes of that day, `unit` only when it is sure."""
    keys = incidents(found, basis)
    return [_row(one, keys[one.id], basis) for one in found]


def incidents(found: Sequence[Predicted], basis: Basis) -> dict[str, str]:
    """For each report the id of the first of its incident; its own, if it is alone."""
    if not found:
        return {}
    in_order = sorted(found, key=lambda one: one.report.submitted_at)
    newest = max(found, key=lambda one: one.report.report_date).report
    numbered = [_standing(n, one, newest, basis) for n, one in enumerate(in_order)]
    grounds = Grounds(basis.units, newest.report_date)
    keys = incident_keys(numbered, basis.matching, grounds)
    return {in_order[one.case_id.int].id: in_order[keys[one.case_id].int].id for one in numbered}


def _standing(number: int, one: Predicted, newest: Report, basis: Basis) -> Decided:
    """A report as its case stands when the newest one comes. A guarded case is compared in its unit and with
    its audience, which follow the map."""
    facts, audience = one.decision.facts, one.decision.audience
    if facts.restricted:
        moment = Moment(basis, newest.received_at, newest.report_date)
        moved = follow(evolve(None, one.decision), None, frozenset(), moment)
        if isinstance(moved, Decision):
            facts, audience = moved.facts, moved.audience
    case_id = UUID(int=number)
    return Decided(case_id, case_id, one.report.text, facts, one.decision.findings, audience)


def _row(one: Predicted, incident: str, basis: Basis) -> dict[str, Any]:
    facts, findings, on = one.decision.facts, one.decision.findings, one.report.report_date
    near = (commune_code(candidate.unit, basis, on) for candidate in findings.candidates)
    return {
        "id": one.id,
        "category": facts.category,
        "severity": facts.severity,
        "legal_kind": facts.legal_kind,
        "unit": commune_code(facts.unit, basis, on),
        "candidates": list(dict.fromkeys(code for code in near if code is not None)),
        "level": facts.level,
        "accused": findings.accused,
        "incident": incident,
    }


def commune_code(unit_id: str | None, basis: Basis, on: date) -> str | None:
    """The official code of the commune that a unit is or lies in; None for what is no commune's."""
    if unit_id is None:
        return None
    for step in basis.units.path(unit_id, on):
        unit = basis.units.unit(step, on)
        if unit is not None and unit.level == "commune":
            return unit.code
    return None
