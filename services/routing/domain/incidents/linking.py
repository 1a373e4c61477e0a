"""What linking makes of a case: it joins an incident, leads one, leaves one. Its own clocks run on."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID, uuid5

from services.routing.domain.basis import Basis
from services.routing.domain.case import Case, Facts, Reason
from services.routing.domain.decision import Decision, on_case
from services.routing.domain.incidents.linkable import may_be_compared
from shared.contracts.vocabulary import CaseState

_BASIS = "Thiết kế: một sự việc, nhiều phản ánh; mỗi phản ánh vẫn được trả lời"
_BY_HAND = "Cán bộ quyết định"
_NAMESPACE = UUID("5a0e6d7c-8f14-5d0b-9b0a-3f6f5d1c2e90")
_OVER: frozenset[CaseState] = frozenset({"answered", "told", "closed"})


def may_lead(case: Case) -> bool:
    """Whether others may go with this case: it may be compared, and somebody is still at work on it."""
    return may_be_compared(case.facts) and case.facts.state not in _OVER and case.facts.state != "linked"


def incident_led_by(case: Case) -> str:
    """The id of an incident that begins with this case as its leading one.

    An open case gives its own. A guarded one gives one of this version alone: what it may have led as another
    kind of case can go on without it, and must stay another incident.
    """
    if not case.facts.restricted:
        return str(case.case_id)
    return str(uuid5(_NAMESPACE, f"{case.case_id}/{case.version}"))


def join(case: Case, incident: str, words: tuple[str, ...], basis: Basis, at: datetime) -> Decision:
    """The case belongs to an incident. Only one that nobody has taken up yet goes with the leading case: who
    is at work on a case, or must place it, stays at it. A guarded one never does: each denunciation has
    its own clocks and its own answer (Luật Tố cáo 25/2018).

    Raises ValueError for a case that may not be linked: an observation, one taken back.
    """
    if not may_be_compared(case.facts):
        raise ValueError(f"case {case.case_id} is in no incident")
    goes_with = case.facts.state == "opened" and not case.facts.restricted
    state: CaseState = "linked" if goes_with else case.facts.state
    facts = replace(case.facts, incident=incident, state=state)
    return _linked(case, facts, Reason("incident.cung-su-viec", _version(basis), _BASIS, words), basis, at)


def go_on(case: Case, incident: str | None, words: tuple[str, ...], basis: Basis, at: datetime) -> Decision:
    """The case goes on with an earlier one, and belongs to its incident, if there is one. It runs itself."""
    facts = replace(case.facts, incident=incident or case.facts.incident)
    return _linked(case, facts, Reason("incident.phan-anh-tiep", _version(basis), _BASIS, words), basis, at)


def lead(case: Case, incident: str, basis: Basis, at: datetime) -> Decision:
    """The case leads an incident; one that went with another goes its own way again."""
    state: CaseState = "opened" if case.facts.state == "linked" else case.facts.state
    facts = replace(case.facts, incident=incident, state=state)
    # Nobody is answered by a guarded case's answer but its own reporter.
    rule = "incident.cung-su-viec" if case.facts.restricted else "incident.dan-dau"
    return _linked(case, facts, Reason(rule, _version(basis), _BASIS), basis, at)


def leave(case: Case, rule: str, basis: Basis, at: datetime) -> Decision:
    """The case belongs to no incident; one that went with another goes its own way again."""
    state: CaseState = "opened" if case.facts.state == "linked" else case.facts.state
    facts = replace(case.facts, incident=None, state=state)
    return _linked(case, facts, Reason(f"incident.{rule}", _version(basis), _BY_HAND), basis, at)


def by(decision: Decision, body: str) -> Decision:
    """The decision as a body's own."""
    reasons = tuple(replace(reason, basis=_BY_HAND) for reason in decision.reasons)
    return replace(decision, by=body, reasons=reasons)


def _linked(case: Case, facts: Facts, reason: Reason, basis: Basis, at: datetime) -> Decision:
    return on_case(case, "Linked", facts, reasons=(reason,), basis=basis, at=at)


def _version(basis: Basis) -> str:
    return basis.rules.incidents.version
