"""A case's decisions: `decide(case | None, command, basis)` and `evolve(case | None, decision)`.

Every decision is a value: what it changes, the reasons with their rules' ids and versions, and the audience.
Opening never raises for a report's sake: what breaks goes to triage at the province, the error named.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.routing.domain.basis import Basis
from services.routing.domain.case import Case, Facts, Findings, Reason, Report
from services.routing.domain.open import assess, in_triage


@dataclass(frozen=True, slots=True)
class OpenCase:
    """A report arrived; `at` is the instant of the decision (the database's clock)."""

    report: Report
    at: datetime


@dataclass(frozen=True, slots=True)
class Withdraw:
    """The reporter took the report back; `at` is the instant of the decision, not when it was asked for."""

    at: datetime


Command = OpenCase | Withdraw


@dataclass(frozen=True, slots=True)
class Opened:
    """A case begins: in triage, opened with its owners, or noted (an observation)."""

    case_id: UUID
    root_id: UUID
    facts: Facts
    findings: Findings
    audience: tuple[str, ...]
    reasons: tuple[Reason, ...]
    map_version: int
    rules_version: str
    decided_at: datetime


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """The case ends because its reporter took it back; the same bodies may know."""

    reasons: tuple[Reason, ...]
    map_version: int
    rules_version: str
    decided_at: datetime


Decision = Opened | Withdrawn


def decide(case: Case | None, command: Command, basis: Basis) -> tuple[Decision, ...]:
    """What a command leads to; nothing if it changes nothing (opened or withdrawn already).

    Raises ValueError for a withdrawal of a case that is not there: the caller parks the command.
    """
    match command:
        case OpenCase():
            return () if case is not None else (open_case(command.report, command.at, basis),)
        case Withdraw():
            if case is None:
                raise ValueError("a case that is not there cannot be withdrawn")
            return () if case.facts.state == "withdrawn" else (_withdraw(command, basis),)


def open_case(report: Report, at: datetime, basis: Basis) -> Opened:
    """The root case of a report, whose id it has. Raises LookupError only without a home province."""
    try:
        facts, findings, audience, reasons = assess(report, basis)
    except Exception as error:
        # The report must reach a person whatever is wrong with a rule; the error's kind stays on the case.
        facts, findings, audience, reasons = in_triage(report, basis, error)
    return Opened(
        case_id=report.report_id,
        root_id=report.report_id,
        facts=facts,
        findings=findings,
        audience=audience,
        reasons=reasons,
        map_version=basis.units.version,
        rules_version=basis.rules.version,
        decided_at=at,
    )


def _withdraw(command: Withdraw, basis: Basis) -> Withdrawn:
    version = basis.rules.version
    reason = Reason("case.rut-don", version, "Luật Tố cáo 25/2018 Đ.33; Luật Khiếu nại 02/2011 Đ.10")
    return Withdrawn((reason,), basis.units.version, version, command.at)


def evolve(case: Case | None, decision: Decision) -> Case:
    """The case after a decision; versions count from 1 without a gap."""
    match decision:
        case Opened():
            if case is not None:
                raise ValueError("a case is opened once")
            return Case(
                case_id=decision.case_id,
                root_id=decision.root_id,
                version=1,
                facts=decision.facts,
                findings=decision.findings,
                audience=decision.audience,
                map_version=decision.map_version,
                rules_version=decision.rules_version,
            )
        case Withdrawn():
            if case is None:
                raise ValueError("only an opened case can be withdrawn")
            return replace(
                case,
                version=case.version + 1,
                facts=replace(case.facts, state="withdrawn"),
                map_version=decision.map_version,
                rules_version=decision.rules_version,
            )
