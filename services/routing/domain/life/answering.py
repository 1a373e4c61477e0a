"""The last mile: answered, told, and done when the reporter agrees or does not object in time.

An objection reopens the case one level up as a second settlement, with clocks of its own. After that one the
law's way is the court (Luật Khiếu nại 02/2011 Đ.42).
"""

from dataclasses import replace

from services.routing.domain.audience import entrust
from services.routing.domain.basis import Basis
from services.routing.domain.calendar import local_date
from services.routing.domain.case import Case, Owners, Reason
from services.routing.domain.decision import Decision
from services.routing.domain.life.clock import clocks_of, object_by
from services.routing.domain.life.commands import Answer, Close, Confirm, Object, Refused, Tell
from services.routing.domain.life.matter import matter_of
from services.routing.domain.life.record import Life
from services.routing.domain.life.steps import (
    because,
    demand_listener,
    demand_note,
    demand_resolver,
    take,
)
from services.routing.domain.superiors import level_up
from services.routing.domain.transitions import Step

_ANSWER = "Luật MTTQ Việt Nam Đ.7(3); Luật Tiếp công dân 42/2013 Đ.28"
_TELL = "Luật Thực hiện dân chủ ở cơ sở 10/2022: thông báo kết quả giải quyết"
_DONE = "[thiết kế] xong khi người gửi đã biết và không phản đối"
_SECOND = "Luật Khiếu nại 02/2011 Đ.7, Đ.33: khiếu nại lần hai đến cấp trên trực tiếp"
_COURT = "Luật Khiếu nại 02/2011 Đ.42: khởi kiện vụ án hành chính tại Tòa án"
_LISTENERS_MAY_SAY = ("explained", "not_competent")
_SAY_WHY = ("refused", "partly", "not_competent")


def answer(case: Case, command: Answer, basis: Basis) -> tuple[Decision, ...]:
    """By the body that must settle it; where none has it, those who follow it may explain. Raises Refused."""
    if case.facts.resolving_owner is None:
        demand_listener(case, command)
        if command.outcome not in _LISTENERS_MAY_SAY:
            raise Refused("owner", "outcome")
    else:
        demand_resolver(case, command)
    if command.outcome in _SAY_WHY:
        demand_note(command)
    reason = because(f"life.tra-loi.{command.outcome}", command, basis, _ANSWER)
    return (_answered(case, "answer", command, reason, basis),)


def answer_linked(case: Case, command: Answer, leading: Case, basis: Basis) -> tuple[Decision, ...]:
    """A linked case, with the answer of its incident's leading case; nothing if it is not linked any more."""
    if case.facts.state != "linked" or case.facts.incident != leading.facts.incident:
        return ()
    reason = Reason("life.tra-loi-chung", basis.rules.version, _ANSWER)
    return (_answered(case, "answer_linked", command, reason, basis),)


def _answered(case: Case, step: Step, command: Answer, reason: Reason, basis: Basis) -> Decision:
    life = replace(case.findings.life, answered=case.version + 1)
    return take(
        case,
        step,
        "Answered",
        command,
        basis,
        reasons=(reason,),
        facts=replace(case.facts, outcome=command.outcome, object_by=None),
        findings=replace(case.findings, triage=None, life=life),
    )


def tell(case: Case, command: Tell, basis: Basis) -> tuple[Decision, ...]:
    """The reporter knows; from now on the time to object runs. Raises Refused."""
    demand_listener(case, command)
    until, rule = object_by(case.facts, case.findings.life, command.at, basis)
    reasons = (because("life.da-bao", command, basis, _TELL), rule)
    facts = replace(case.facts, object_by=until)
    return (take(case, "tell", "Told", command, basis, reasons=reasons, facts=facts),)


def confirm(case: Case, command: Confirm, basis: Basis) -> tuple[Decision, ...]:
    """The reporter agrees: done. Raises Refused, also for an answer that is not the one that stands."""
    _demand_seen(case, command.seen)
    reason = because("life.dong-y", command, basis, _DONE)
    # Who agreed does not object any more, however much time is left.
    facts = replace(case.facts, object_by=None)
    return (take(case, "confirm", "Closed", command, basis, reasons=(reason,), facts=facts),)


def close(case: Case, command: Close, basis: Basis) -> tuple[Decision, ...]:
    """Nobody objected in time: done. Raises Refused while there is time."""
    if case.facts.object_by is None or command.at < case.facts.object_by:
        raise Refused("too_early" if case.facts.state == "told" else "state")
    reason = because("life.khong-phan-doi", command, basis, _DONE)
    return (take(case, "close", "Closed", command, basis, reasons=(reason,)),)


def objects(case: Case, command: Object, basis: Basis) -> tuple[Decision, ...]:
    """The reporter objects: once one level up; after a second settlement the way is the court's.

    What was said in time counts, also where it arrives after the time closed the case. Raises Refused.
    """
    _demand_seen(case, command.seen)
    if case.facts.state == "closed" and not _in_time(case, command):
        raise Refused("state")
    life = case.findings.life
    if life.settlement == 2:
        reason = because("life.het-cap", command, basis, _COURT)
        return (take(case, "exhaust", "Closed", command, basis, reasons=(reason,)),)
    owners = _one_level_up(case, command, basis)
    life = Life(
        returned=life.returned,
        arbiter=owners.resolving if owners else None,
        settlement=2,
        since=local_date(command.at),
    )
    facts = replace(case.facts, outcome=None, object_by=None)
    if owners is not None:
        facts = replace(facts, listening_owner=owners.listening, resolving_owner=owners.resolving)
    counted, terms = clocks_of(facts, life, basis, owed=owners is not None)
    return (
        take(
            case,
            "object",
            "Disputed",
            command,
            basis,
            reasons=(because("life.chua-dong-y", command, basis, _SECOND), *terms),
            facts=replace(facts, deadlines=counted),
            findings=replace(case.findings, life=life),
            audience=owners.audience if owners else case.audience,
        ),
    )


def _one_level_up(case: Case, command: Object, basis: Basis) -> Owners | None:
    """The superior, or at the top the same body again; None where nobody settled it: a person forwards it."""
    resolving = case.facts.resolving_owner
    if resolving is None:
        return None
    matter = matter_of(case, basis, local_date(command.at))
    found = level_up(matter, resolving, basis)
    return found or entrust(matter, resolving, basis.registry, basis.units, basis.rules.version)


def _in_time(case: Case, command: Object) -> bool:
    until = case.facts.object_by
    return until is not None and (command.given or command.at) <= until


def _demand_seen(case: Case, seen: int | None) -> None:
    if seen is not None and seen < case.findings.life.answered:
        raise Refused("state")
