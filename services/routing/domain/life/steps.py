"""What every step has in common: the table decides whether it may be and where it leads; who may take it."""

from dataclasses import replace

from services.routing.domain.basis import Basis
from services.routing.domain.case import Case, Facts, Findings, Reason
from services.routing.domain.decision import Decision, DecisionKind
from services.routing.domain.life.commands import LifeCommand, Order, Refused
from services.routing.domain.transitions import TABLE, Step


def take(
    case: Case,
    step: Step,
    kind: DecisionKind,
    command: LifeCommand,
    basis: Basis,
    *,
    reasons: tuple[Reason, ...],
    facts: Facts | None = None,
    findings: Findings | None = None,
    audience: tuple[str, ...] | None = None,
) -> Decision:
    """The decision of one step; what is not given stays. Raises Refused("state")."""
    state = TABLE.get((case.facts.state, step))
    if state is None:
        raise Refused("state")
    return Decision(
        kind=kind,
        case_id=case.case_id,
        root_id=case.root_id,
        facts=replace(case.facts if facts is None else facts, state=state),
        findings=case.findings if findings is None else findings,
        audience=case.audience if audience is None else audience,
        reasons=reasons,
        map_version=basis.units.version,
        rules_version=basis.rules.version,
        decided_at=command.at,
        by=command.by if isinstance(command, Order) else None,
    )


def because(rule: str, command: LifeCommand, basis: Basis, law: str | None = None) -> Reason:
    """The reason of a command, with its note as the words that officers may read."""
    note = command.note.strip() if isinstance(command, Order) else ""
    return Reason(rule, basis.rules.version, law, (note,) if note else ())


def demand_audience(case: Case, order: Order) -> None:
    """Raises Refused("audience") for a body that may not know of the case."""
    if order.by not in case.audience:
        raise Refused("audience", "by")


def demand_resolver(case: Case, order: Order) -> None:
    """For what only the body that must settle the case may do. Raises Refused."""
    demand_audience(case, order)
    if order.by != case.facts.resolving_owner:
        raise Refused("owner", "by")


def demand_listener(case: Case, order: Order) -> None:
    """For what is up to those who follow the case, not to the body that must settle it. Raises Refused."""
    demand_audience(case, order)
    if order.by == case.facts.resolving_owner != case.facts.listening_owner:
        raise Refused("owner", "by")


def demand_note(order: Order) -> None:
    """Raises Refused("note") where nothing is said though something must be."""
    if not order.note.strip():
        raise Refused("note", "note")
