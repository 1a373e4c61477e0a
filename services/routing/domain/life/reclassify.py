"""A person decides what a case is: its place, category, kind, severity, and who in office is accused.

The audience is computed anew by `audience.py`, and fails closed there: what looks like an accusation without
a resolved accused waits at the province. Clocks count from the day they always counted from.
"""

from dataclasses import dataclass, replace
from datetime import date

from services.routing.domain.audience import guarded
from services.routing.domain.basis import Basis
from services.routing.domain.calendar import local_date
from services.routing.domain.case import UNGUARDED, Case, Facts, Findings, Guard, Owners, Reason, TriageCause
from services.routing.domain.decision import Decision
from services.routing.domain.life.clock import clocks_of
from services.routing.domain.life.commands import Discard, Reclassify, Refused
from services.routing.domain.life.matter import matter
from services.routing.domain.life.record import resumed
from services.routing.domain.life.regard import cause_after, owners_after
from services.routing.domain.life.steps import because, demand_listener, demand_note, take
from services.routing.domain.transitions import Step
from shared.contracts.vocabulary import CaseState

_PERSON = "Người có trách nhiệm xem xét, quyết định; quy tắc chỉ đề xuất"
_FIELDS = ("unit", "category", "legal_kind", "severity", "level", "accused")
_SETTLED: tuple[CaseState, ...] = ("answered", "told", "closed", "noted")
_WAITING: tuple[CaseState, ...] = ("triage", "spam")


@dataclass(frozen=True, slots=True)
class _Outcome:
    """What the case becomes: its owners, and why it still waits, if it does."""

    facts: Facts
    findings: Findings
    owners: Owners
    cause: TriageCause | None


def reclassify(case: Case, command: Reclassify, basis: Basis) -> tuple[Decision, ...]:
    """What a person decided, and to whom the case goes by it; nothing if nothing changes. Raises Refused."""
    demand_listener(case, command)
    demand_note(command)
    today = local_date(command.at)
    now = _judge(case, command, basis, today)
    step = _step(case, now)
    if step != "correct" and now.findings.life.paused:
        # Who stopped the clocks has the case no longer: for whoever is to have it they run.
        now = replace(now, findings=replace(now.findings, life=resumed(now.findings.life, today)))
    facts = now.facts
    if step == "note":
        facts = replace(facts, resolving_owner=None, deadlines=None)
    elif case.facts.state not in _SETTLED:
        counted, _ = clocks_of(
            facts, now.findings.life, basis, owed=facts.resolving_owner is not None or _owed(case)
        )
        facts = replace(facts, deadlines=counted)
    decision = take(
        case,
        step,
        "Reclassified",
        command,
        basis,
        reasons=(*_reasons(command, basis), *now.owners.reasons),
        facts=facts,
        findings=replace(now.findings, triage=now.cause),
        audience=now.owners.audience,
    )
    same = _public(decision.facts) == _public(case.facts)
    same = same and (decision.findings, decision.audience) == (case.findings, case.audience)
    return () if same else (decision,)


def _public(facts: Facts) -> Facts:
    """Without the reasons of its deadlines, which stand with the decision that set them."""
    return replace(facts, deadlines=facts.deadlines and replace(facts.deadlines, reasons=(), rule=""))


def discard(case: Case, command: Discard, basis: Basis) -> tuple[Decision, ...]:
    """Into the bin, from which a reclassification brings it back. Never what is guarded. Raises Refused."""
    demand_listener(case, command)
    demand_note(command)
    if case.facts.restricted:
        raise Refused("restricted")
    reason = because("person.khong-phai-phan-anh", command, basis)
    facts = replace(case.facts, resolving_owner=None, deadlines=None)
    return (take(case, "discard", "Reclassified", command, basis, reasons=(reason,), facts=facts),)


def _owed(case: Case) -> bool:
    """A clock of settlement that runs, or stands still, goes on though nobody has the case at the moment."""
    clocks = case.facts.deadlines
    return clocks is not None and (clocks.settle_by is not None or case.findings.life.paused)


def _judge(case: Case, command: Reclassify, basis: Basis, today: date) -> _Outcome:
    facts = _told(case.facts, command, basis, today)
    findings = _accused(case.findings, command, basis, today)
    if command.accused is not None:
        facts = replace(facts, restricted=False)
    about = matter(facts, findings, basis, today)
    facts = replace(facts, restricted=guarded(about), path=about.path)
    owners, life = owners_after(case, about, findings.life, basis, today)
    facts = replace(facts, listening_owner=owners.listening, resolving_owner=owners.resolving)
    findings = replace(findings, life=life)
    return _Outcome(facts, findings, owners, cause_after(case, about, owners))


def _told(facts: Facts, command: Reclassify, basis: Basis, today: date) -> Facts:
    """The facts with what the person said of them."""
    if command.unit is not None:
        on = today if basis.units.unit(command.unit, today) else facts.report_date
        unit = basis.units.unit(command.unit, on)
        path = basis.units.path(command.unit, on)
        if (
            unit is None
            or unit.level not in ("commune", "hamlet")
            or path[-1] not in basis.gazetteer.homes(on)
        ):
            raise Refused("unit", "unit")
        facts = replace(facts, unit=unit.id, path=path, path_then=None)
    return replace(
        facts,
        category=command.category or facts.category,
        legal_kind=command.legal_kind or facts.legal_kind,
        severity=facts.severity if command.severity is None else command.severity,
        level=command.level or facts.level,
    )


def _accused(findings: Findings, command: Reclassify, basis: Basis, today: date) -> Findings:
    """Who is accused, as the person decided: nobody, or somebody, who is kept out from then on.

    An agency must be one that there is: of any other name nobody would be kept out. Raises Refused.
    """
    if command.accused is None:
        return findings
    if command.accused == "none":
        return replace(findings, accused=None, guard=UNGUARDED)
    agency, kind = command.accused == "agency_province", command.accused_kind
    if agency != (kind is not None) or (kind and not basis.registry.body(kind, "province", today)):
        raise Refused("accused_kind", "accused_kind")
    guard = Guard(
        sensitive=True,
        party=findings.guard.party,
        accused_kind=command.accused_kind or findings.guard.accused_kind,
        involved=tuple(dict.fromkeys((*findings.guard.involved, command.accused))),
        named=findings.guard.named,
    )
    return replace(findings, accused=command.accused, guard=guard)


def _step(case: Case, now: _Outcome) -> Step:
    state = case.facts.state
    if state in _SETTLED:
        return "doubt" if state == "noted" and now.cause == "accused" else "correct"
    if case.facts.purpose == "observation" and now.cause not in ("accused", "dated", "error"):
        return "note" if state in _WAITING else "correct"
    if now.cause is not None:
        return "doubt"
    if state in _WAITING or now.facts.resolving_owner != case.facts.resolving_owner:
        return "reopen"
    return "correct"


def _reasons(command: Reclassify, basis: Basis) -> tuple[Reason, ...]:
    """One for each thing that the person decided; without any, that it is a report after all."""
    told = [name for name in _FIELDS if getattr(command, name) is not None]
    rules = [
        f"person.{name}" if name != "accused" else f"person.accused.{_confirmed(command)}" for name in told
    ]
    return tuple(because(rule, command, basis, _PERSON) for rule in rules or ["person.dung-la-phan-anh"])


def _confirmed(command: Reclassify) -> str:
    return "khong" if command.accused == "none" else "co"
