"""Terms in words: why a clock ends on its day, and what else the law wants done by when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.routing.domain.case import Case, Reason
from services.routing.domain.life.clock import duties
from services.routing.domain.ruleset import Deadline
from services.routing.store.reads import Decided
from services.routing.views.names import Names
from shared.web.filters import date_vi, local


def term(reason: Reason, case: Case, names: Names) -> str:
    """Why a clock ends on its day: who must have done what, in how many days, from which day on."""
    texts, facts, rules = names.texts, case.facts, names.basis.rules
    row = next((rule for rule in rules.deadlines if rule.rule == reason.rule), None)
    if row is None or (facts.deadlines is None and row.kind != "object"):
        return texts.text("why.deadline.unknown")
    due = _due(row, case)
    values = {
        "start": date_vi(case.findings.life.since or facts.received_at),
        "due": date_vi(last_day(due) if due else None),
        "body": names.body(
            facts.resolving_owner if row.kind == "settle" else facts.listening_owner, facts.report_date
        ),
        "amount": texts.text(f"why.deadline.{row.unit}", amount=row.amount),
    }
    if row.kind == "settle" and case.findings.life.paused:
        return texts.text("why.deadline.settle_paused", **values)
    if rules.version != reason.version:
        return texts.text(f"why.deadline.{row.kind}_then", **values)
    said = texts.text(f"why.deadline.{row.kind}", **values)
    lost = row.kind != "object" and any(pause.end for pause in case.findings.life.pauses)
    return f"{said} {texts.text('why.deadline.pauses')}" if lost else said


def _due(row: Deadline, case: Case) -> datetime | None:
    if row.kind == "object":
        return case.facts.object_by
    clocks = case.facts.deadlines
    if clocks is None:
        return None
    return clocks.settle_by if row.kind == "settle" else clocks.listen_by


@dataclass(frozen=True, slots=True)
class DutyLine:
    """What the law wants done in the state that a case is in, by the end of a day."""

    key: str
    by: datetime
    day: date
    basis: str | None
    rule: str


def duty_lines(case: Case, history: Sequence[Decided], names: Names) -> list[DutyLine]:
    """Counted from the decision that led to the state."""
    since = next((d.decided_at for d in reversed(history) if _led_to(d, case.facts.state)), None)
    if since is None:
        return []
    found = duties(case.facts, case.findings.life, since, names.basis)
    return [DutyLine(d.kind, d.by, last_day(d.by), d.reason.basis, d.reason.rule) for d in found]


def _led_to(decided: Decided, state: str) -> bool:
    change = decided.changes.get("state")
    return decided.version == 1 if change is None else change[1] == state


def last_day(due: datetime) -> date:
    """The day with which a term ends: a deadline at 00:00 is the end of the day before."""
    return (local(due) - timedelta(microseconds=1)).date()
