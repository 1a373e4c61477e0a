"""When each owner must have acted, by the dated table of deadlines on working days."""

from datetime import UTC, date, datetime, timedelta

from services.routing.domain.calendar import Calendar, end_of, local_date
from services.routing.domain.case import Deadlines, Nature, Reason
from services.routing.domain.ruleset import Deadline, DeadlineKind, Rules


def deadlines(
    nature: Nature, accepted: datetime, resolved: bool, rules: Rules, calendar: Calendar
) -> Deadlines:
    """The clocks of a case accepted at `accepted`. Without a resolving owner nobody owes a settlement yet.

    The day of acceptance does not count; a term ends with its last day (24:00 in Vietnam).
    """
    start = local_date(accepted)
    listen = deadline_for("listen", nature, start, rules)
    settle = deadline_for("settle", nature, start, rules)
    listen_day = _last_day(listen, start, calendar)
    settle_day = _last_day(settle, start, calendar)
    used = (settle, listen) if resolved else (listen,)
    return Deadlines(
        forward_by=accepted.astimezone(UTC) + timedelta(minutes=rules.forward_minutes),
        settle_by=end_of(settle_day).astimezone(UTC) if resolved else None,
        listen_by=end_of(listen_day).astimezone(UTC),
        rule=f"{used[0].rule}@{rules.version}",
        provisional=calendar.provisional(start, max(settle_day, listen_day)),
        reasons=tuple(Reason(rule.rule, rules.version, rule.basis) for rule in used),
    )


def deadline_for(kind: DeadlineKind, nature: Nature, on: date, rules: Rules) -> Deadline:
    """The most particular deadline of that kind in force on a date. Raises LookupError if there is none."""
    found = [rule for rule in rules.deadlines if rule.kind == kind and _applies(rule, nature, on)]
    if not found:
        raise LookupError(f"no {kind} deadline for {nature.legal_kind} on {on}")
    return max(found, key=_particular)


def _applies(rule: Deadline, nature: Nature, on: date) -> bool:
    return (
        rule.valid_from <= on
        and (rule.valid_to is None or on < rule.valid_to)
        and rule.legal_kind in (None, nature.legal_kind)
        and rule.severity in (None, nature.severity)
        and rule.complex_case in (None, "phuc_tap" in nature.flags)
    )


def _particular(rule: Deadline) -> tuple[bool, bool, bool]:
    return (rule.legal_kind is not None, rule.severity is not None, rule.complex_case is not None)


def _last_day(rule: Deadline, start: date, calendar: Calendar) -> date:
    if rule.unit == "wd":
        return calendar.after_working_days(start, rule.amount)
    return calendar.after_days(start, rule.amount)
