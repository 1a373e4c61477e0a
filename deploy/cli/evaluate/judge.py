"""A decision compared with what the writer of the report says that it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from deploy.cli.predicting import commune_code
from deploy.cli.samples import Sample
from services.routing.domain.basis import Basis
from services.routing.domain.decision import Decision
from services.routing.domain.owners import unit_of


@dataclass(slots=True)
class Count:
    """Of how many reports something is said; those of which it holds and does not."""

    holding: list[str] = field(default_factory=list)
    failing: list[str] = field(default_factory=list)

    @property
    def of(self) -> int:
        return len(self.holding) + len(self.failing)

    @property
    def right(self) -> int:
        return len(self.holding)

    @property
    def share(self) -> float:
        """0..1; 0 of nothing."""
        return self.right / self.of if self.of else 0.0


def judged(sample: Sample, decision: Decision, basis: Basis) -> dict[str, bool | None]:
    """By measure whether it holds; None where the report says nothing about it.

    What must not be (`... wrong`, `... without need`, `... owner`) holds where something is amiss.
    """
    facts, findings, labels = decision.facts, decision.findings, sample.labels
    on = sample.report.report_date
    unit = commune_code(facts.unit, basis, on)
    near = [commune_code(candidate.unit, basis, on) for candidate in findings.candidates]
    first = list(dict.fromkeys(near))[:3]
    placed, accused = labels["unit"], labels["accused"]
    topics = [facts.category, *(slug for slug, _ in findings.runner_ups[:2])]
    return {
        "unit right": unit == placed if placed else None,
        "unit in first three": placed in (unit, *first) if placed else None,
        "unit given and wrong": unit is not None and unit != placed,
        "category right": facts.category == labels["category"],
        "category in first three": labels["category"] in topics,
        "severity 3 found": facts.severity == 3 if labels["severity"] == 3 else None,
        "severity exact": facts.severity == labels["severity"],
        "legal kind": facts.legal_kind == labels["legal_kind"],
        "level": facts.level == labels["level"],
        "accused found": findings.accused == accused if accused else None,
        "accused guarded": facts.restricted if accused else None,
        "guarded without need": facts.restricted if not _guarded(labels) else None,
        "accused's unit an owner": accused_knows(decision, labels, basis, on),
        "broke a decision": findings.error is not None,
    }


def told_apart(sample: Sample, decision: Decision, basis: Basis) -> dict[str, str]:
    """By measure what the label says and what was decided, where the two can be written side by side."""
    facts, findings, labels = decision.facts, decision.findings, sample.labels
    unit = commune_code(facts.unit, basis, sample.report.report_date)
    pairs = {
        "unit right": (labels["unit"], unit),
        "unit given and wrong": (labels["unit"], unit),
        "category right": (labels["category"], facts.category),
        "severity 3 found": (labels["severity"], facts.severity),
        "severity exact": (labels["severity"], facts.severity),
        "legal kind": (labels["legal_kind"], facts.legal_kind),
        "level": (labels["level"], facts.level),
        "accused found": (labels["accused"], findings.accused),
    }
    return {name: f"{_said(wanted)} → {_said(got)}" for name, (wanted, got) in pairs.items()}


def _said(value: object) -> str:
    return "–" if value is None else str(value)


def accused_knows(decision: Decision, labels: Mapping[str, Any], basis: Basis, on: date) -> bool:
    """Whether a body of the commune whose officer is accused owns the case or may know of it."""
    if not (labels["accused"] or "").startswith("commune") or labels["unit"] is None:
        return False
    unit = basis.units.by_code(labels["unit"], on, "commune")
    if unit is None:
        raise LookupError(f"{labels['unit']} is no commune's code on {on}")
    barred = {unit.id, *(below.id for below in basis.units.descendants(unit.id, on))}
    facts = decision.facts
    knowing = {*decision.audience, facts.listening_owner, *filter(None, [facts.resolving_owner])}
    return not barred.isdisjoint(map(unit_of, knowing))


def counted(judgements: Iterable[tuple[str, Mapping[str, bool | None]]]) -> dict[str, Count]:
    """By measure, over (id, judgement) of many reports."""
    counts: dict[str, Count] = {}
    for key, judgement in judgements:
        for name, holds in judgement.items():
            count = counts.setdefault(name, Count())
            if holds is not None:
                (count.holding if holds else count.failing).append(key)
    return counts


def _guarded(labels: Mapping[str, Any]) -> bool:
    """What the labels would keep at the province: an accused, a denunciation, corruption."""
    denounced = labels["legal_kind"] in ("to_cao", "thong_tin_to_cao")
    return bool(labels["accused"] or denounced or labels["category"] == "tham-nhung-tieu-cuc")
