"""What a due step does to a case. Whom it may bring in `audience.py` says; clocks stay as they were."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from services.routing.domain.audience import Matter, assign, entrust, guarded, resolved
from services.routing.domain.basis import Basis
from services.routing.domain.calendar import local_date
from services.routing.domain.case import Case, Owners, Reason
from services.routing.domain.decision import Decision, on_case
from services.routing.domain.escalation.due import Due, owner_of
from services.routing.domain.escalation.rules import Clock
from services.routing.domain.life.matter import matter_of
from services.routing.domain.life.passing import owned
from services.routing.domain.owners import body_id, unit_of
from services.routing.domain.superiors import common_superior
from services.routing.domain.transitions import TABLE

PASSED_OVER = "escalation.chua-den-duoc"
"""The rule by which an owner whom nothing reached is passed over."""
_BASIS_PASSED_OVER = "[thiết kế] chủ hồ sơ chưa nhận được thông báo: quá hạn vẫn chuyển lên"
_FRONT, _CHAIR = "mttq", "ubnd"


@dataclass(frozen=True, slots=True)
class Instant:
    """When it is decided (the database's clock), and whether the clock's owner had been reached."""

    at: datetime
    reached: bool


def act(case: Case, due: Due, now: Instant, basis: Basis) -> Decision:
    """The decision of a due step. Raises LookupError where the tables have no body for it."""
    taken, step = _Taken(case, _reasons(due, now, basis), now.at, basis), due.step
    owner = owner_of(step.clock, case.facts)
    if step.action == "remind":
        return taken.call((owner,))
    matter = matter_of(case, basis, local_date(now.at))
    if guarded(matter) and not resolved(matter):
        # It is not known whom it would be brought to: it stays with those who know of it.
        return taken.call((owner, *case.audience))
    above = _above(case, matter, basis)
    if above is None:
        top = tuple(_top(matter, basis))
        return taken.call((*top, owner), top)
    if step.action == "rise" and (case.facts.state, "escalate") in TABLE:
        return taken.rise(above, owner)
    superior = _superior(step.clock, above)
    return taken.call((superior, owner), (superior,))


@dataclass(frozen=True, slots=True)
class _Taken:
    """A step that is taken on a case."""

    case: Case
    reasons: tuple[Reason, ...]
    at: datetime
    basis: Basis

    def call(self, told: tuple[str, ...], known: tuple[str, ...] = ()) -> Decision:
        """Facts as they are; these are told at once, and `known` may know of the case from now on."""
        case = self.case
        audience = tuple(dict.fromkeys((*case.audience, *known)))
        decision = on_case(case, "Reminded", case.facts, reasons=self.reasons, basis=self.basis, at=self.at)
        called = tuple(body for body in dict.fromkeys(told) if body in audience)
        return replace(decision, audience=audience, told=called)

    def rise(self, above: Owners, owner: str) -> Decision:
        """The case is the province's, clocks as they were; if nobody there settles it, a person places it."""
        facts, findings = replace(self.case.facts, level="province"), self.case.findings
        if above.resolving is None:
            state, findings = TABLE[facts.state, "doubt"], replace(findings, triage="owner")
        else:
            state = TABLE[facts.state, "escalate"]
        findings = replace(findings, life=replace(findings.life, arbiter=None))
        facts = replace(facts, state=state, listening_owner=above.listening, resolving_owner=above.resolving)
        reasons = (*self.reasons, *above.reasons)
        if above.resolving is not None and (facts.deadlines is None or facts.deadlines.settle_by is None):
            facts, terms = owned(facts, findings.life, above, self.basis)
            reasons = (*reasons, *terms)
        new = tuple(body for body in (above.resolving, above.listening) if body is not None)
        call = self.call((*new, owner), above.audience)
        return replace(call, kind="Escalated", facts=facts, findings=findings, reasons=reasons)


def _above(case: Case, matter: Matter, basis: Basis) -> Owners | None:
    """Whose the case would be at the province; None where both its owners are there already."""
    facts, province = case.facts, matter.path[-1]
    owners = [body for body in (facts.listening_owner, facts.resolving_owner) if body is not None]
    if all(unit_of(body) == province for body in owners):
        return None
    higher = replace(matter, nature=replace(matter.nature, level="province"))
    above = assign(higher, basis.registry, basis.units, basis.rules.version)
    returned = case.findings.life.returned
    if above.resolving not in returned:
        return above
    # A body that gave the case back does not get it again: the superior of all who did decides.
    others = tuple(body for body in above.audience if body != above.resolving)
    return common_superior(higher, returned, basis) or replace(above, resolving=None, audience=others)


def _superior(clock: Clock, above: Owners) -> str:
    """Who would have the clock if the case rose."""
    if clock in ("settle", "resume") and above.resolving is not None:
        return above.resolving
    return above.listening


def _top(matter: Matter, basis: Basis) -> Iterable[str]:
    """The province's Front and chair, as far as they may know of the case."""
    registry, units, version = basis.registry, basis.units, basis.rules.version
    front, chair = body_id(_FRONT, matter.path[-1]), body_id(_CHAIR, matter.path[-1])
    if front in assign(matter, registry, units, version).audience:
        yield front
    if entrust(matter, chair, registry, units, version) is not None:
        yield chair


def _reasons(due: Due, now: Instant, basis: Basis) -> tuple[Reason, ...]:
    """The step that is taken first, then those that it stands for."""
    steps = [Reason(s.rule, basis.rules.version, s.basis) for s in (due.step, *due.collapsed)]
    if not now.reached:
        steps.append(Reason(PASSED_OVER, basis.rules.version, _BASIS_PASSED_OVER))
    return tuple(steps)
