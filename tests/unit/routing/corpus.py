"""The labelled sample reports, decided once, and how the decisions compare with the labels."""

import json
from collections import Counter
from datetime import date, datetime
from functools import cache
from pathlib import Path
from uuid import UUID

import deploy
from services.routing.domain.case import Report
from services.routing.domain.decide import open_case
from services.routing.domain.decision import Decision
from tests.unit.routing.ground import basis, code

SAMPLES = Path(deploy.__file__).parent / "cli" / "data" / "reports-vi.jsonl"


def reports() -> list[tuple[Report, dict]]:
    """Each sample as a report, with its labels."""
    out = []
    for line in SAMPLES.read_text().splitlines():
        row = json.loads(line)
        at = datetime.fromisoformat(row["submitted_at"])
        made = Report(
            report_id=UUID(int=len(out) + 1),
            purpose="request",
            channel=row["channel"],
            text=row["text"],
            submitted_at=at,
            received_at=at,
            report_date=at.date(),
            place_hint=row["place_hint"],
            reporter_unit=row["reporter_unit"],
        )
        out.append((made, row["expect"]))
    return out


@cache
def decided() -> tuple[tuple[Report, dict, Decision], ...]:
    return tuple((made, labels, open_case(made, made.received_at, basis())) for made, labels in reports())


def accused_knows(decision: Decision, labels: dict, on: date) -> bool:
    """Whether a body of the commune whose officer is accused owns the case or may know of it."""
    if not (labels["accused"] or "").startswith("commune") or labels["unit"] is None:
        return False
    unit = basis().units.by_code(labels["unit"], on, "commune")
    return any(body.endswith(f"@{unit.id}") for body in decision.audience)


def measures() -> dict[str, float]:
    """Shares (0..1) of what the labels say, and counts of what must never be."""
    right: Counter[str] = Counter()
    of: Counter[str] = Counter()
    for made, labels, decision in decided():
        for name, holds in _judged(made, labels, decision).items():
            if holds is not None:
                of[name] += 1
                right[name] += holds
    shares = {name: right[name] / of[name] for name in of}
    shares["accused knows"] = float(right["accused knows"])
    return shares


def _judged(made: Report, labels: dict, decision: Decision) -> dict[str, bool | None]:
    facts, findings, on = decision.facts, decision.findings, made.report_date
    unit = code(facts.unit, on)
    near = [code(candidate.unit, on) for candidate in findings.candidates[:3]]
    placed, accused = labels["unit"], labels["accused"]
    topics = [facts.category, *(slug for slug, _ in findings.runner_ups[:2])]
    return {
        "unit right": unit == placed if placed else None,
        "unit in first three": placed in near if placed else None,
        "unit given and wrong": unit is not None and unit != placed,
        "category right": facts.category == labels["category"],
        "category in first three": labels["category"] in topics,
        "severity exact": facts.severity == labels["severity"],
        "severity 3 found": facts.severity == 3 if labels["severity"] == 3 else None,
        "legal kind": facts.legal_kind == labels["legal_kind"],
        "level": facts.level == labels["level"],
        "accused found": findings.accused == accused if accused else None,
        "accused guarded": facts.restricted if accused else None,
        "guarded without need": facts.restricted if not accused else None,
        "broke a decision": findings.error is not None,
        "accused knows": accused_knows(decision, labels, on),
    }
