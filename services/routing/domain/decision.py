"""A decision as a value: of which kind it is, what the case is after it, and the reasons with their rules.

A decision carries the whole case as it leaves it, so `evolve` is plain and no kind needs code of its own.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from services.routing.domain.basis import Basis
from services.routing.domain.case import Case, Facts, Findings, Reason, Report

DecisionKind = Literal[
    "Opened",
    "Forwarded",
    "Accepted",
    "Returned",
    "Reminded",
    "Escalated",
    "Answered",
    "Told",
    "Disputed",
    "Reclassified",
    "Linked",
    "Suspended",
    "Resumed",
    "Moved",
    "Rescheduled",
    "Closed",
    "Withdrawn",
]
"""As the history keeps it. The public event of each is in `publish.py`."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What a case becomes, and why. The audience was computed by `audience.py` or is the case's own."""

    kind: DecisionKind
    case_id: UUID
    root_id: UUID
    facts: Facts
    findings: Findings
    audience: tuple[str, ...]
    reasons: tuple[Reason, ...]
    map_version: int
    rules_version: str
    decided_at: datetime
    by: str | None = None
    """The body that decided, `kind@unit`; none where the rules, the reporter or a clock did."""
    told: tuple[str, ...] = ()
    """Whom a clock calls: bodies of the audience that must be told at once."""
    part: Report | None = None
    """What the case of a part is opened on: the report with the words of that part alone."""


def on_case(
    case: Case, kind: DecisionKind, facts: Facts, *, reasons: tuple[Reason, ...], basis: Basis, at: datetime
) -> Decision:
    """A decision that changes a case's facts; who may know stays as it is."""
    return Decision(
        kind=kind,
        case_id=case.case_id,
        root_id=case.root_id,
        facts=facts,
        findings=case.findings,
        audience=case.audience,
        reasons=reasons,
        map_version=basis.units.version,
        rules_version=basis.rules.version,
        decided_at=at,
    )


def evolve(case: Case | None, decision: Decision, head: bytes = b"", look_at: datetime | None = None) -> Case:
    """The case after a decision, with the head of its chain and when a clock must be looked at.

    Versions count from 1 without a gap.

    Raises ValueError if a case would be opened twice, or changed before it was opened.
    """
    if (case is None) != (decision.kind == "Opened"):
        raise ValueError(f"{decision.kind} does not fit version {case.version if case else 0}")
    return Case(
        case_id=decision.case_id,
        root_id=decision.root_id,
        version=1 if case is None else case.version + 1,
        facts=decision.facts,
        findings=decision.findings,
        audience=decision.audience,
        map_version=decision.map_version,
        rules_version=decision.rules_version,
        head=head,
        look_at=look_at,
    )
