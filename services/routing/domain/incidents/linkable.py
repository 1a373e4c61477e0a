"""Which cases may belong to an incident: requests, each within its circle; never observations."""

from services.routing.domain.case import Case, Facts
from services.routing.domain.incidents.circle import same_circle
from services.routing.domain.incidents.matching import units_of
from shared.contracts.vocabulary import CaseState

LEFT_ALONE: frozenset[CaseState] = frozenset({"noted", "spam", "withdrawn"})


def may_be_compared(facts: Facts) -> bool:
    """Whether a case may be compared with others of its circle at all: a request that goes on."""
    return facts.purpose == "request" and facts.state not in LEFT_ALONE


def to_look_at(before: Case | None, after: Case) -> tuple[str, ...]:
    """The units in which the second step must look at a case, after what has just become of it: a new one in
    its own; one whose unit or circle was changed, that may be compared no more, or that left its incident,
    where it was and where it is."""
    units = units_of(after.facts, after.findings)
    if before is None:
        return units if may_be_compared(after.facts) else ()
    former = units_of(before.facts, before.findings)
    compared = may_be_compared(before.facts) == may_be_compared(after.facts)
    if former == units and compared and left(before, after) is None and same_circle(before, after):
        return ()
    return tuple(dict.fromkeys((*units, *former))) or after.facts.path[:1]


def left(before: Case | None, after: Case) -> str | None:
    """The incident that a case has left."""
    incident = None if before is None else before.facts.incident
    return None if incident == after.facts.incident else incident
