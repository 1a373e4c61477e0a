"""The one allow-list from routing's decisions to what others may read, and from what others say to a report.

Every public field is named here. A new field of `Facts` or `Case` is not published until a line says so;
candidates, runner-ups, the accused and the words of reasons never are.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

from services.routing.domain.case import Case, Deadlines, Facts, Observed, Reason, Report
from services.routing.domain.decision import Decision, DecisionKind
from shared.contracts import events

EVENT_OF: Mapping[DecisionKind, type[events.CaseEvent]] = MappingProxyType(
    {
        "Opened": events.CaseOpened,
        "Forwarded": events.CaseForwarded,
        "Accepted": events.CaseAccepted,
        "Returned": events.CaseReturned,
        "Reminded": events.CaseReminded,
        "Escalated": events.CaseEscalated,
        "Answered": events.CaseAnswered,
        "Told": events.CaseTold,
        "Disputed": events.CaseDisputed,
        "Reclassified": events.CaseReclassified,
        "Linked": events.CaseLinked,
        "Suspended": events.CaseSuspended,
        "Resumed": events.CaseResumed,
        "Moved": events.CaseMoved,
        "Rescheduled": events.CaseRescheduled,
        "Closed": events.CaseClosed,
        "Withdrawn": events.CaseClosed,
    }
)
"""The public event of each kind of decision."""


def report_of(event: events.ReportReceived) -> Report:
    """A received report in the words of the domain."""
    seen = event.observation
    return Report(
        report_id=event.report_id,
        purpose=event.purpose,
        channel=event.channel,
        text=event.text,
        submitted_at=event.submitted_at,
        received_at=event.received_at,
        report_date=event.report_date,
        organisation=event.organisation,
        place_hint=event.place_hint,
        reporter_unit=event.reporter_unit,
        observation=None
        if seen is None
        else Observed(seen.group, seen.stance, seen.breadth, seen.people, second_hand=seen.second_hand),
        time_flags=event.time_flags,
        location=None if event.location is None else (event.location.latitude, event.location.longitude),
    )


def case_event(before: Case | None, decision: Decision, after: Case) -> events.CaseEvent:
    """The public event of a decision that led from one state of a case to the next."""
    called = {"told": decision.told} if decision.told else {}
    return EVENT_OF[decision.kind](
        case_id=after.case_id,
        root_id=after.root_id,
        version=after.version,
        before=None if before is None else case_facts(before.facts),
        after=case_facts(after.facts),
        reasons=tuple(map(public_reason, decision.reasons)),
        map_version=decision.map_version,
        decided_at=decision.decided_at,
        audience=after.audience,
        settlement=after.findings.life.settlement,
        **called,
    )


def case_snapshot(case: Case, reasons: Sequence[Reason], decided_at: datetime) -> events.CaseSnapshot:
    """A case as it stands, with the reasons of the decision that made it so: nothing changes by it."""
    facts = case_facts(case.facts)
    return events.CaseSnapshot(
        case_id=case.case_id,
        root_id=case.root_id,
        version=case.version,
        before=facts,
        after=facts,
        reasons=tuple(map(public_reason, reasons)),
        map_version=case.map_version,
        decided_at=decided_at,
        audience=case.audience,
        settlement=case.findings.life.settlement,
    )


def case_facts(facts: Facts) -> events.CaseFacts:
    """The facts that may be known outside routing."""
    return events.CaseFacts(
        unit=facts.unit,
        path=facts.path,
        purpose=facts.purpose,
        category=facts.category,
        legal_kind=facts.legal_kind,
        severity=facts.severity,
        flags=facts.flags,
        state=facts.state,
        level=facts.level,
        restricted=facts.restricted,
        listening_owner=facts.listening_owner,
        resolving_owner=facts.resolving_owner,
        channel=facts.channel,
        organisation=facts.organisation,
        observation=_observation(facts.observation),
        report_date=facts.report_date,
        submitted_at=facts.submitted_at,
        received_at=facts.received_at,
        clocks=_clocks(facts.deadlines, facts.object_by),
        incident=facts.incident,
        outcome=facts.outcome,
        path_then=facts.path_then,
    )


def public_reason(reason: Reason) -> events.Reason:
    """A reason without the words that it matched."""
    return _public(reason.rule, reason.version, reason.basis)


@lru_cache(maxsize=4_096)
def _public(rule: str, version: str, basis: str | None) -> events.Reason:
    """Made once: the rules give the same few hundred reasons to every case."""
    return events.Reason(rule=rule, version=version, basis=basis)


def _clocks(deadlines: Deadlines | None, object_by: datetime | None) -> events.Clocks:
    if deadlines is None:
        return events.Clocks(object_by=object_by)
    return events.Clocks(
        forward_by=deadlines.forward_by,
        settle_by=deadlines.settle_by,
        listen_by=deadlines.listen_by,
        object_by=object_by,
        rule=deadlines.rule,
    )


def _observation(seen: Observed | None) -> events.Observation | None:
    if seen is None:
        return None
    return events.Observation(
        group=seen.group,
        stance=seen.stance,
        breadth=seen.breadth,
        people=seen.people,
        second_hand=seen.second_hand,
    )
