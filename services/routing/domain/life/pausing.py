"""Clocks that stand still, run again, and run longer: always from the day that they counted from at first."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Literal

from services.routing.domain.basis import Basis
from services.routing.domain.calendar import local_date
from services.routing.domain.case import Case, Reason
from services.routing.domain.decision import Decision, DecisionKind
from services.routing.domain.life.clock import clocks_of
from services.routing.domain.life.commands import LifeCommand, MarkComplex, Refused, Resume, Suspend
from services.routing.domain.life.record import Life, Pause, resumed
from services.routing.domain.life.steps import because, demand_resolver, take
from services.routing.domain.transitions import TABLE

_PAUSE = "NĐ 155/2026 Đ.12: tạm đình chỉ, thời gian tạm đình chỉ không tính vào thời hạn"
_COMPLEX = "NĐ 155/2026 Đ.2; Luật Tố cáo 25/2018 Đ.30(2)"
_Step = Literal["suspend", "resume", "mark_complex"]
_KINDS: Mapping[_Step, DecisionKind] = MappingProxyType(
    {"suspend": "Suspended", "resume": "Resumed", "mark_complex": "Rescheduled"}
)


def suspend(case: Case, command: Suspend, basis: Basis) -> tuple[Decision, ...]:
    """The clocks stand still from tomorrow on. Raises Refused."""
    demand_resolver(case, command)
    life = case.findings.life
    life = replace(life, pauses=(*life.pauses, Pause(local_date(command.at))))
    reason = because(f"life.tam-dinh-chi.{command.reason}", command, basis, _PAUSE)
    return (_timed(case, "suspend", command, life, reasons=(reason,), basis=basis),)


def resume(case: Case, command: Resume, basis: Basis) -> tuple[Decision, ...]:
    """The clocks run again, with what was left of them. Raises Refused."""
    demand_resolver(case, command)
    if (case.facts.state, "resume") not in TABLE:
        raise Refused("state")
    life = resumed(case.findings.life, local_date(command.at))
    reason = because("life.tiep-tuc", command, basis, _PAUSE)
    return (_timed(case, "resume", command, life, reasons=(reason,), basis=basis),)


def mark_complex(case: Case, command: MarkComplex, basis: Basis) -> tuple[Decision, ...]:
    """The longer term, with the reasons that the law lists; nothing if they are on record. Raises Refused."""
    demand_resolver(case, command)
    if not command.reasons:
        raise Refused("note", "reasons")
    if command.especially and case.facts.legal_kind != "to_cao":
        raise Refused("especially", "especially")
    life = case.findings.life
    wider = replace(
        life,
        complex_for=tuple(dict.fromkeys((*life.complex_for, *command.reasons))),
        especially=life.especially or command.especially,
    )
    if wider == life:
        return ()
    reasons = tuple(because(f"life.phuc-tap.{why}", command, basis, _COMPLEX) for why in command.reasons)
    return (_timed(case, "mark_complex", command, wider, reasons=reasons, basis=basis),)


def _timed(
    case: Case, step: _Step, command: LifeCommand, life: Life, *, reasons: tuple[Reason, ...], basis: Basis
) -> Decision:
    facts = case.facts
    if life.complex_for and "phuc_tap" not in facts.flags:
        facts = replace(facts, flags=(*facts.flags, "phuc_tap"))
    counted, terms = clocks_of(facts, life, basis, owed=facts.resolving_owner is not None)
    return take(
        case,
        step,
        _KINDS[step],
        command,
        basis,
        reasons=(*reasons, *terms),
        facts=replace(facts, deadlines=counted),
        findings=replace(case.findings, life=life),
    )
