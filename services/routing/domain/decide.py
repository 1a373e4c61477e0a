"""A case's decisions: `decide(case | None, command, basis)` leads to the values of `decision.py`.

Opening never raises for a report's sake: what breaks goes to triage at the province, the error named.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.routing.domain.basis import Basis
from services.routing.domain.case import Case, Place, Reason, Report
from services.routing.domain.decision import Decision, on_case
from services.routing.domain.life.act import act
from services.routing.domain.life.commands import LifeCommand
from services.routing.domain.open import Assessment, assess, in_triage
from services.routing.domain.parts import may_be_mixed, part_id, parts_of, told_apart
from services.routing.domain.seen import Seen, see
from services.routing.domain.text import read

_MOST_PIECES = 20
"""Nobody has so many matters: what is cut into more is not read piece by piece, a person looks at it."""


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A report arrived; `at` is the instant of the decision (the database's clock).

    `seen`: what stands in it, if that was looked up with the rest of its batch.
    """

    report: Report
    at: datetime
    seen: Seen | None = None


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The reporter took the report back; `at` is the instant of the decision, not when it was asked for."""

    at: datetime


Command = OpenCase | Withdraw | LifeCommand


def decide(case: Case | None, command: Command, basis: Basis) -> tuple[Decision, ...]:
    """What a command leads to; nothing if it changes nothing (opened or withdrawn already).

    Raises ValueError for a withdrawal of a case that is not there: the caller parks the command; and Refused
    (`life/commands.py`) for what the table of transitions or the body's part in the case does not allow.
    """
    match command:
        case OpenCase():
            return () if case is not None else opened(command.report, command.at, basis, command.seen)
        case Withdraw():
            if case is None:
                raise ValueError("a case that is not there cannot be withdrawn")
            return () if case.facts.state == "withdrawn" else (_withdraw(case, command, basis),)
        case _:
            if case is None:
                raise ValueError("nothing can be done with a case that is not there")
            return act(case, command, basis)


def opened(report: Report, at: datetime, basis: Basis, seen: Seen | None = None) -> tuple[Decision, ...]:
    """The root case, then a case for each further matter of a report that is clearly mixed.

    If one of its matters alone looks guarded the report is: all its words stand in the root case.
    Raises LookupError only without a home province.
    """
    root = open_case(report, at, basis, seen)
    try:
        if not may_be_mixed(seen.text if seen else read(report.text)):
            return (root,)
        further = tuple(_further(report, root, basis))
        if _guarded_apart(report, root, further, basis):
            found = assess(report, basis, seen, sensitive=True)
            return (_opening(report, report.report_id, found, at, basis),)
        return (root, *further)
    except Exception as error:
        return (_opening(report, report.report_id, in_triage(report, basis, error), at, basis),)


def open_case(report: Report, at: datetime, basis: Basis, seen: Seen | None = None) -> Decision:
    """The root case of a report, whose id it has. Raises LookupError only without a home province."""
    try:
        found = assess(report, basis, seen)
    except Exception as error:
        # The report must reach a person whatever is wrong with a rule; the error's kind stays on the case.
        found = in_triage(report, basis, error)
    return _opening(report, report.report_id, found, at, basis)


def _guarded_apart(report: Report, root: Decision, further: tuple[Decision, ...], basis: Basis) -> bool:
    """Whether one matter alone looks guarded though the whole text does not: a wish or thanks that are said
    of one must not cancel what is told of somebody in office in another."""
    if root.facts.restricted:
        return False
    told = told_apart(report.text)
    if len(told) > _MOST_PIECES:
        return True
    place = Place(root.facts.unit, root.findings.candidates)
    pieces = (replace(report, text=said) for said in told)
    alone = (assess(piece, basis, see(piece, basis, place))[0] for piece in pieces)
    return any(part.facts.restricted for part in further) or any(facts.restricted for facts in alone)


def _further(report: Report, root: Decision, basis: Basis) -> Iterator[Decision]:
    """Cases of the matters that the root case does not lead with; what is guarded is never cut."""
    facts, findings = root.facts, root.findings
    if facts.restricted or facts.unit is None or facts.state != "opened":
        return
    parts = parts_of(report.text, basis, report.report_date)
    others = [part for part in parts if part.category != facts.category]
    if len(others) == len(parts):
        return
    place = Place(facts.unit, findings.candidates)
    for number, part in enumerate(others, start=2):
        told = replace(report, text=part.text)
        found = assess(told, basis, see(told, basis, place))
        opening = _opening(report, part_id(report.report_id, number), found, root.decided_at, basis)
        yield replace(opening, part=told)


def _opening(report: Report, case_id: UUID, found: Assessment, at: datetime, basis: Basis) -> Decision:
    facts, findings, audience, reasons = found
    return Decision(
        kind="Opened",
        case_id=case_id,
        root_id=report.report_id,
        facts=facts,
        findings=findings,
        audience=audience,
        reasons=reasons,
        map_version=basis.units.version,
        rules_version=basis.rules.version,
        decided_at=at,
    )


def _withdraw(case: Case, command: Withdraw, basis: Basis) -> Decision:
    basis_in_law = "Luật Tố cáo 25/2018 Đ.33; Luật Khiếu nại 02/2011 Đ.10"
    reason = Reason("case.rut-don", basis.rules.version, basis_in_law)
    facts = replace(case.facts, state="withdrawn")
    return on_case(case, "Withdrawn", facts, reasons=(reason,), basis=basis, at=command.at)
