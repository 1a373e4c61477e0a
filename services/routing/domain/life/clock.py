"""The clocks of a standing case, counted from the day they always counted from; and the duties beside.

A pause gives back what was left of a term in the unit that the law counts it in: working days of a term of
working days, calendar days of the thirty days of a complaint.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from types import MappingProxyType

from services.routing.domain.basis import Basis
from services.routing.domain.calendar import end_of, local_date
from services.routing.domain.case import Deadlines, Facts, Reason
from services.routing.domain.clocks import Sort, deadlines, last_day
from services.routing.domain.life.record import Life
from services.routing.domain.ruleset import DeadlineKind
from shared.contracts.vocabulary import CaseState

DUTIES: Mapping[CaseState, tuple[DeadlineKind, ...]] = MappingProxyType(
    {
        "triage": ("forward",),
        "opened": ("reply",),
        "forwarded": ("reply",),
        "returned": ("forward",),
        "accepted": ("notice",),
        "suspended": ("suspension",),
        "answered": ("conclusion", "publication"),
    }
)
"""What the law counts beside the two owners' clocks, from the day that a state began."""


@dataclass(frozen=True, slots=True)
class Duty:
    """Something to be done by the end of a day."""

    kind: DeadlineKind
    by: datetime
    reason: Reason


def placed(sort: Sort, path: tuple[str, ...], on: date, basis: Basis) -> Sort:
    """With whether the place is hard to reach, for which only complaints are given more time."""
    if sort.legal_kind != "khieu_nai" or not any(_remote(unit, on, basis) for unit in path):
        return sort
    return replace(sort, remote=True)


def _remote(unit_id: str, on: date, basis: Basis) -> bool:
    unit = basis.units.unit(unit_id, on)
    return unit is not None and unit.level == "commune" and basis.terms.remote(unit.code, on)


def clocks_of(facts: Facts, life: Life, basis: Basis, *, owed: bool) -> tuple[Deadlines, tuple[Reason, ...]]:
    """The clocks that a case has, and the rules that say so. Raises LookupError where the calendar ends."""
    sort = _sort(facts, life, basis)
    counted = deadlines(sort, facts.received_at, owed, basis.terms, start=life.since, pauses=life.pauses)
    # The reasons stand with the decision; of a case that was read from its row they are not there either.
    return replace(counted, reasons=()), counted.reasons


def object_by(facts: Facts, life: Life, told: datetime, basis: Basis) -> tuple[datetime, Reason]:
    """Until when a reporter who is told of the answer at `told` may object."""
    rule = basis.terms.table.find("object", _sort(facts, life, basis), local_date(told))
    day = last_day(rule, local_date(told), basis.terms.calendar)
    return end_of(day).astimezone(UTC), Reason(rule.rule, basis.rules.version, rule.basis)


def duties(facts: Facts, life: Life, since: datetime, basis: Basis) -> Iterator[Duty]:
    """What the law wants done in the state that the case is in since then."""
    sort, start = _sort(facts, life, basis), local_date(since)
    for kind in DUTIES.get(facts.state, ()):
        rule = basis.terms.table.maybe(kind, sort, start)
        if rule is not None:
            by = end_of(last_day(rule, start, basis.terms.calendar)).astimezone(UTC)
            yield Duty(kind, by, Reason(rule.rule, basis.rules.version, rule.basis))


def _sort(facts: Facts, life: Life, basis: Basis) -> Sort:
    sort = Sort(
        facts.legal_kind,
        facts.severity,
        facts.category,
        life.settlement,
        complex_case=bool(life.complex_for),
        especially=life.especially,
    )
    return placed(sort, facts.path, facts.report_date, basis)
