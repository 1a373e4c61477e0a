"""Passing a case on, taking it up, giving it back; and the end of giving it back.

The first return goes to the listening owner, who forwards anew. A second one, or forwarding to a body that
gave it back before, brings it to the nearest common superior, whose assignment binds.
"""

from dataclasses import replace

from services.routing.domain.audience import Matter, assign, entrust, guarded, resolved
from services.routing.domain.basis import Basis
from services.routing.domain.calendar import local_date
from services.routing.domain.case import Case, Facts, Owners, Reason
from services.routing.domain.decision import Decision, evolve
from services.routing.domain.life.clock import clocks_of
from services.routing.domain.life.commands import Accept, Forward, LifeCommand, Refused, Return
from services.routing.domain.life.matter import matter_of
from services.routing.domain.life.record import Life
from services.routing.domain.life.steps import (
    because,
    demand_audience,
    demand_listener,
    demand_note,
    demand_resolver,
    take,
)
from services.routing.domain.superiors import common_superior

_FORWARD = "Luật Tiếp công dân 42/2013 Đ.26; Luật Thực hiện dân chủ ở cơ sở 10/2022 Đ.87(3)"
_TAKE_UP = "Luật MTTQ Việt Nam Đ.7(3): cơ quan nhà nước xem xét, giải quyết, trả lời"
_GIVE_BACK = "Luật Tố cáo 25/2018 Đ.24(2); Luật Tiếp công dân 42/2013 Đ.26: không thuộc thẩm quyền"
_SUPERIOR_DECIDES = "Luật Tổ chức chính quyền địa phương 72/2025: cấp trên trực tiếp quyết định thẩm quyền"
_MOST_RETURNS = 1


def forward(case: Case, command: Forward, basis: Basis) -> tuple[Decision, ...]:
    """To the body that is named, or to the one the rules name. Raises Refused."""
    demand_audience(case, command)
    matter = matter_of(case, basis, local_date(command.at))
    life = case.findings.life
    if life.arbiter is not None and life.arbiter in case.audience:
        return (_assign(case, command, matter, basis),)
    demand_listener(case, command)
    to = command.to or assign(matter, basis.registry, basis.units, basis.rules.version).resolving
    if guarded(matter) and not resolved(matter):
        raise Refused("accused_first", "to")
    if to is None:
        raise Refused("nobody", "to")
    if to in life.returned:
        return (arbitrate(case, command, matter, basis),)
    owners = _entrusted(matter, to, basis)
    reason = because("life.chuyen", command, basis, _FORWARD)
    facts, terms = owned(case.facts, life, owners, basis)
    findings = replace(case.findings, triage=None)
    return (
        take(
            case,
            "forward",
            "Forwarded",
            command,
            basis,
            reasons=(reason, *owners.reasons, *terms),
            facts=facts,
            findings=findings,
            audience=owners.audience,
        ),
    )


def accept(case: Case, command: Accept, basis: Basis) -> tuple[Decision, ...]:
    """Taken up by the body that must settle it. Raises Refused."""
    demand_resolver(case, command)
    reason = because("life.thu-ly", command, basis, _TAKE_UP)
    return (take(case, "accept", "Accepted", command, basis, reasons=(reason,)),)


def give_back(case: Case, command: Return, basis: Basis) -> tuple[Decision, ...]:
    """Not ours: back to the listening owner, or, the second time, to the common superior. Raises Refused."""
    demand_resolver(case, command)
    demand_note(command)
    life = case.findings.life
    if life.arbiter is not None:
        raise Refused("bound")
    returned = take(
        case,
        "return",
        "Returned",
        command,
        basis,
        reasons=(because("life.tra-lai", command, basis, _GIVE_BACK),),
        facts=replace(case.facts, resolving_owner=None),
        findings=replace(case.findings, life=replace(life, returned=(*life.returned, command.by))),
        audience=tuple(b for b in case.audience if b != command.by or b == case.facts.listening_owner),
    )
    if len(life.returned) < _MOST_RETURNS:
        return (returned,)
    now = evolve(case, returned)
    matter = matter_of(now, basis, local_date(command.at))
    return (returned, arbitrate(now, command, matter, basis))


def arbitrate(case: Case, command: LifeCommand, matter: Matter, basis: Basis) -> Decision:
    """The nearest common superior of all who gave it back takes it; without one a person must place it."""
    life = case.findings.life
    owners = common_superior(matter, life.returned, basis)
    if owners is None:
        reason = Reason("life.khong-co-cap-tren", basis.rules.version, _SUPERIOR_DECIDES)
        findings = replace(case.findings, triage="owner")
        return take(case, "doubt", "Reclassified", command, basis, reasons=(reason,), findings=findings)
    life = replace(life, arbiter=owners.resolving)
    facts, terms = owned(case.facts, life, owners, basis)
    taken = take(
        case,
        "arbitrate",
        "Escalated",
        command,
        basis,
        reasons=(Reason("life.cap-tren-chung", basis.rules.version, _SUPERIOR_DECIDES), *terms),
        facts=facts,
        findings=replace(case.findings, triage=None, life=life),
        audience=owners.audience,
    )
    return replace(taken, told=tuple(body for body in (owners.resolving,) if body is not None))


def _assign(case: Case, command: Forward, matter: Matter, basis: Basis) -> Decision:
    """The superior's assignment: it binds, and the superior still knows of the case."""
    life = case.findings.life
    if command.by != life.arbiter:
        raise Refused("bound", "by")
    if command.to is None or command.to == command.by:
        raise Refused("nobody", "to")
    owners = _entrusted(matter, command.to, basis)
    facts, terms = owned(case.facts, life, owners, basis)
    return take(
        case,
        "assign",
        "Forwarded",
        command,
        basis,
        reasons=(because("life.giao-rang-buoc", command, basis, _SUPERIOR_DECIDES), *owners.reasons, *terms),
        facts=facts,
        audience=tuple(dict.fromkeys((*owners.audience, command.by))),
    )


def _entrusted(matter: Matter, to: str, basis: Basis) -> Owners:
    owners = entrust(matter, to, basis.registry, basis.units, basis.rules.version)
    if owners is None:
        raise Refused("barred", "to")
    return owners


def owned(facts: Facts, life: Life, owners: Owners, basis: Basis) -> tuple[Facts, tuple[Reason, ...]]:
    """The facts with these owners and their clocks, and the reasons of terms that were not counted before."""
    facts = replace(facts, listening_owner=owners.listening, resolving_owner=owners.resolving)
    counted, reasons = clocks_of(facts, life, basis, owed=owners.resolving is not None)
    new = facts.deadlines is None or facts.deadlines.settle_by != counted.settle_by
    return replace(facts, deadlines=counted), reasons if new else ()
