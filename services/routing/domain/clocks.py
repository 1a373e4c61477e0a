"""When each owner must have acted, by the dated table of deadlines on working days.

A term counts from one day for good: what a person edits may choose another row of the table, never another
beginning. Days on which the clocks stood still do not count.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from services.routing.domain.calendar import Calendar, end_of, local_date
from services.routing.domain.case import Deadlines, Reason
from services.routing.domain.life.record import Pause
from services.routing.domain.ruleset import Deadline, DeadlineKind, Rules
from shared.contracts.vocabulary import Category, LegalKind, Severity

_Ends = tuple[datetime | None, datetime, str, bool, tuple[Reason, ...]]
"""What `Deadlines` holds beside the instant to forward by."""
_MOST_REMEMBERED = 4_096


@dataclass(frozen=True, slots=True)
class Sort:
    """What the table of deadlines selects by. Complex counts only with the reason that the law lists."""

    legal_kind: LegalKind
    severity: Severity
    category: Category
    settlement: int = 1
    complex_case: bool = False
    especially: bool = False
    remote: bool = False


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

    def remote(self, code: str, on: date) -> bool:
        """Whether the commune of that official code is hard to reach."""
        return any(
            code in row.codes and row.valid_from <= on and (row.valid_to is None or on < row.valid_to)
            for row in self.rules.remote
        )


def deadlines(
    sort: Sort,
    accepted: datetime,
    owed: bool,
    terms: Terms,
    *,
    start: date | None = None,
    pauses: tuple[Pause, ...] = (),
) -> Deadlines:
    """The clocks of a case accepted at `accepted`. `owed`: somebody has to settle it.

    Terms count from `start`, if that is not the day of acceptance; that day does not count, and a term ends
    with its last day (24:00 in Vietnam). While a pause is open there is no day to settle by.
    """
    start = start or local_date(accepted)
    key = (start, owed, sort, pauses)
    ends = terms.ends.get(key)
    if ends is None:
        if len(terms.ends) >= _MOST_REMEMBERED:
            terms.ends.clear()
        ends = terms.ends[key] = _ends(sort, start, owed, terms, pauses)
    return Deadlines(accepted.astimezone(UTC) + timedelta(minutes=terms.rules.forward_minutes), *ends)


def _ends(sort: Sort, start: date, owed: bool, terms: Terms, pauses: tuple[Pause, ...]) -> _Ends:
    rules, table, calendar = terms.rules, terms.table, terms.calendar
    listen = table.find("listen", sort, start)
    settle = table.find("settle", sort, start)
    listen_day = last_day(listen, start, calendar, pauses)
    settle_day = last_day(settle, start, calendar, pauses)
    used = (settle, listen) if owed else (listen,)
    runs = owed and not any(pause.end is None for pause in pauses)
    return (
        end_of(settle_day).astimezone(UTC) if runs else None,
        end_of(listen_day).astimezone(UTC),
        f"{used[0].rule}@{rules.version}",
        calendar.provisional(start, max(settle_day, listen_day)),
        tuple(Reason(rule.rule, rules.version, rule.basis) for rule in used),
    )


class DeadlineTable:
    """The deadlines by what they select, the most particular first."""

    __slots__ = ("_known", "_ordered")

    def __init__(self, rules: Rules) -> None:
        self._ordered = sorted(rules.deadlines, key=_particular, reverse=True)
        self._known: dict[tuple[DeadlineKind, Sort], tuple[Deadline, ...]] = {}

    def find(self, kind: DeadlineKind, sort: Sort, on: date) -> Deadline:
        """The most particular deadline in force on a date. Raises LookupError if there is none."""
        found = self.maybe(kind, sort, on)
        if found is None:
            raise LookupError(f"no {kind} deadline for {sort.legal_kind} on {on}")
        return found

    def maybe(self, kind: DeadlineKind, sort: Sort, on: date) -> Deadline | None:
        """As `find`; None for a duty that the law does not count."""
        rows = self._known.get((kind, sort))
        if rows is None:
            rows = self._known[kind, sort] = tuple(row for row in self._ordered if _selects(row, kind, sort))
        for row in rows:
            if row.valid_from <= on and (row.valid_to is None or on < row.valid_to):
                return row
        return None


def _selects(rule: Deadline, kind: DeadlineKind, sort: Sort) -> bool:
    return (
        rule.kind == kind
        and rule.legal_kind in (None, sort.legal_kind)
        and rule.settlement in (None, sort.settlement)
        and rule.category in (None, sort.category)
        and rule.severity in (None, sort.severity)
        and rule.especially in (None, sort.especially)
        and rule.complex_case in (None, sort.complex_case)
        and rule.remote in (None, sort.remote)
    )


def _particular(rule: Deadline) -> tuple[bool, ...]:
    selectors = (
        rule.legal_kind,
        rule.settlement,
        rule.category,
        rule.severity,
        rule.especially,
        rule.complex_case,
        rule.remote,
    )
    return tuple(selector is not None for selector in selectors)


def last_day(rule: Deadline, start: date, calendar: Calendar, pauses: Sequence[Pause] = ()) -> date:
    """The last day of a term; what it lost to pauses that are over is added, in the unit it is counted in."""
    day = _after(rule, start, rule.amount, calendar)
    for pause in pauses:
        if pause.end is not None and start <= pause.start < day:
            working = rule.unit == "wd"
            lost = calendar.working_days_between(pause.start, pause.end) if working else pause.days
            day = _after(rule, day, lost, calendar)
    return day


def _after(rule: Deadline, start: date, amount: int, calendar: Calendar) -> date:
    if rule.unit == "d":
        return calendar.after_days(start, amount)
    return calendar.after_working_days(start, amount) if amount else start
