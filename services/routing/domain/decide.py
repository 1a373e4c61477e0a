"""A case's decisions: `decide(case | None, command, basis)` leads to the values of `decision.py`.

Opening never raises for a report's sake: what breaks goes to triage at the province, the error named.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from services.routing.domain.basis import Basis
from services.routing.domain.case import Case, Reason, Report
from services.routing.domain.decision import Decision, on_case
from services.routing.domain.life.act import act
from services.routing.domain.life.commands import LifeCommand
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


Command = OpenCase | Withdraw | LifeCommand


def decide(case: Case | None, command: Command, basis: Basis) -> tuple[Decision, ...]:
    """What a command leads to; nothing if it changes nothing (opened or withdrawn already).

    Raises ValueError for a withdrawal of a case that is not there: the caller parks the command; and Refused
    (`life/commands.py`) for what the table of transitions or the body's part in the case does not allow.
    """
    match command:
        case OpenCase():
            return () if case is not None else (open_case(command.report, command.at, basis),)
        case Withdraw():
            if case is None:
                raise ValueError("a case that is not there cannot be withdrawn")
            return () if case.facts.state == "withdrawn" else (_withdraw(case, command, basis),)
        case _:
            if case is None:
                raise ValueError("nothing can be done with a case that is not there")
            return act(case, command, basis)


def open_case(report: Report, at: datetime, basis: Basis) -> Decision:
    """The root case of a report, whose id it has. Raises LookupError only without a home province."""
    try:
        facts, findings, audience, reasons = assess(report, basis)
    except Exception as error:
        # The report must reach a person whatever is wrong with a rule; the error's kind stays on the case.
        facts, findings, audience, reasons = in_triage(report, basis, error)
    return Decision(
        kind="Opened",
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


def _withdraw(case: Case, command: Withdraw, basis: Basis) -> Decision:
    basis_in_law = "Luật Tố cáo 25/2018 Đ.33; Luật Khiếu nại 02/2011 Đ.10"
    reason = Reason("case.rut-don", basis.rules.version, basis_in_law)
    facts = replace(case.facts, state="withdrawn")
    return on_case(case, "Withdrawn", facts, reasons=(reason,), basis=basis, at=command.at)
