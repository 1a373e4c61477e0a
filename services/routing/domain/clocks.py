"""When each owner must have acted, by the dated table of deadlines on working days."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import product

from services.routing.domain.calendar import Calendar, end_of, local_date
from services.routing.domain.case import Deadlines, Nature, Reason
from services.routing.domain.ruleset import Deadline, DeadlineKind, Rules
from shared.contracts.vocabulary import LEGAL_KINDS

_Ends = tuple[datetime | None, datetime, str, bool, tuple[Reason, ...]]
"""What `Deadlines` holds beside the instant to forward by."""
_MOST_REMEMBERED = 4_096


@dataclass(frozen=True, slots=True)
class Terms:
    """What deadlines are counted by. `ends`: those counted already, since most of a day's are the same."""

    rules: Rules
    table: "DeadlineTable"
    calendar: Calendar
    ends: dict[tuple[object, ...], _Ends] = field(default_factory=dict, compare=False)

    @classmethod
    def of(cls, rules: Rules, years: range) -> "Terms":
        return cls(rules, DeadlineTable(rules), Calendar(rules.calendar, years))


def deadlines(nature: Nature, accepted: datetime, resolved: bool, terms: "Terms") -> Deadlines:
    """The clocks of a case accepted at `accepted`. Without a resolving owner nobody owes a settlement yet.

    The day of acceptance does not count; a term ends with its last day (24:00 in Vietnam).
    """
    start = local_date(accepted)
    key = (start, resolved, nature.legal_kind, nature.severity, "phuc_tap" in nature.flags)
    ends = terms.ends.get(key)
    if ends is None:
        if len(terms.ends) >= _MOST_REMEMBERED:
            terms.ends.clear()
        ends = terms.ends[key] = _ends(nature, start, resolved, terms)
    return Deadlines(accepted.astimezone(UTC) + timedelta(minutes=terms.rules.forward_minutes), *ends)


def _ends(nature: Nature, start: date, resolved: bool, terms: Terms) -> _Ends:
    rules, table, calendar = terms.rules, terms.table, terms.calendar
    listen = table.find("listen", nature, start)
    settle = table.find("settle", nature, start)
    listen_day = _last_day(listen, start, calendar)
    settle_day = _last_day(settle, start, calendar)
    used = (settle, listen) if resolved else (listen,)
    return (
        end_of(settle_day).astimezone(UTC) if resolved else None,
        end_of(listen_day).astimezone(UTC),
        f"{used[0].rule}@{rules.version}",
        calendar.provisional(start, max(settle_day, listen_day)),
        tuple(Reason(rule.rule, rules.version, rule.basis) for rule in used),
    )


class DeadlineTable:
    """The deadlines by what they select, the most particular first."""

    __slots__ = ("_rows",)

    def __init__(self, rules: Rules) -> None:
        keys = product(("settle", "listen"), LEGAL_KINDS, (0, 1, 2, 3), (False, True))
        ordered = sorted(rules.deadlines, key=_particular, reverse=True)
        self._rows = {key: tuple(row for row in ordered if _selects(row, *key)) for key in keys}

    def find(self, kind: DeadlineKind, nature: Nature, on: date) -> Deadline:
        """The most particular deadline in force on a date. Raises LookupError if there is none."""
        key = (kind, nature.legal_kind, nature.severity, "phuc_tap" in nature.flags)
        for row in self._rows[key]:
            if row.valid_from <= on and (row.valid_to is None or on < row.valid_to):
                return row
        raise LookupError(f"no {kind} deadline for {nature.legal_kind} on {on}")


def _selects(rule: Deadline, kind: str, legal_kind: str, severity: int, complex_case: bool) -> bool:
    return (
        rule.kind == kind
        and rule.legal_kind in (None, legal_kind)
        and rule.severity in (None, severity)
        and rule.complex_case in (None, complex_case)
    )


def _particular(rule: Deadline) -> tuple[bool, bool, bool]:
    return (rule.legal_kind is not None, rule.severity is not None, rule.complex_case is not None)


def _last_day(rule: Deadline, start: date, calendar: Calendar) -> date:
    if rule.unit == "wd":
        return calendar.after_working_days(start, rule.amount)
    return calendar.after_days(start, rule.amount)
