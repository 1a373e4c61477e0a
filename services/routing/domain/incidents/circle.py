"""Who is compared with whom: open cases with open ones, a guarded one only within its circle.

A circle is everybody who may know (as a set), the role that is accused and its agency, and the unit. That two
cases are alike is then told to nobody who does not know of both, and of nobody who is accused in neither. The
circle is part of the ground that cases are compared on, so nothing of one is read while another is looked at.
"""

from collections.abc import Iterable
from dataclasses import replace
from hashlib import sha256

from services.routing.domain.case import Case, Facts, Findings, Reason
from services.routing.domain.decision import Decision

OPEN = ""
"""The circle of all open cases."""
_BASIS = "Luật Tố cáo 25/2018 Đ.8: giữ bí mật; chỉ gộp trong cùng phạm vi được biết"
_LENGTH = 20


def circle(facts: Facts, findings: Findings, audience: Iterable[str]) -> str:
    """The circle of a case, as a digest; `OPEN` for one that is not guarded."""
    return closed_circle(facts.unit, findings, audience) if facts.restricted else OPEN


def closed_circle(unit: str | None, findings: Findings, audience: Iterable[str]) -> str:
    """The circle of a guarded case."""
    told = (unit, findings.accused, findings.guard.accused_kind)
    lines = "\n".join((*(one or "" for one in told), *sorted(set(audience))))
    return sha256(lines.encode()).hexdigest()[:_LENGTH]


def circle_of(case: Case) -> str:
    """The circle of a case as it stands."""
    return circle(case.facts, case.findings, case.audience)


def same_circle(one: Case, other: Case) -> bool:
    """Whether two cases may be compared, linked, and named beside each other."""
    return circle_of(one) == circle_of(other)


def ground(place: str, within: str) -> str:
    """What cases of a place and a circle are compared on; of open ones the place itself."""
    return f"{place}#{within}" if within else place


def circle_on(ground_: str) -> str:
    """The circle of a ground."""
    return ground_.partition("#")[2]


def out_of_circle(was: Case | None, decision: Decision, version: str) -> Decision:
    """The decision, by which a case leaves its incident at once if it changes the circle that the case is in.

    Whatever changes it: a person's word on what the case is, a body that it is given to, a clock, the map.
    `version`: of the rules of incidents.
    """
    facts = decision.facts
    if was is None or facts.incident is None or was.facts.incident is None:
        return decision
    if circle(facts, decision.findings, decision.audience) == circle_of(was):
        return decision
    alone = replace(facts, incident=None, state="opened" if facts.state == "linked" else facts.state)
    reason = Reason("incident.khac-pham-vi", version, _BASIS)
    return replace(decision, facts=alone, reasons=(*decision.reasons, reason))
