"""Which step of a case is due: pure over its clocks, what was done, and the instant.

- A step is due at its distance from the clock's end, and not before the case has reached the clock's owner.
- An owner whom nothing reaches (it has no recipient, or its server is away) is passed over: a while after the
  clock's end the case takes its course all the same, with the steps that tell others.
- Steps that are overdue together collapse into the highest one: one call, not four.
- A step is done once for an end of its clock. An end that is set later makes it due again; nothing else does.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol

from services.routing.domain.calendar import Calendar, end_of, local_date
from services.routing.domain.case import Facts, Findings
from services.routing.domain.escalation.rules import ACTIONS, Clock, EscalationRules, Step
from shared.contracts.vocabulary import CaseState

_WAITING: frozenset[CaseState] = frozenset({"triage", "returned"})
_HELD: frozenset[CaseState] = frozenset({"opened", "forwarded", "accepted", "returned", "disputed"})
_FOLLOWED: frozenset[CaseState] = _HELD | {"triage", "answered"}
"""In which states the clocks of passing on, settling and listening run. An answered case still has a reporter
who must be told; a linked or ended one has no clock at all, a suspended one only that of going on."""
_MOST_REMEMBERED = 4_096


class Standing(Protocol):
    """A case as it stands, or as a decision leaves it."""

    @property
    def facts(self) -> Facts: ...
    @property
    def findings(self) -> Findings: ...


@dataclass(frozen=True, slots=True)
class Running:
    """A clock that runs: its end, since when the case is here, when it reached its owner (None: not yet)."""

    clock: Clock
    ends: datetime
    since: datetime
    reached: datetime | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """The step to take now, and those that it stands for as well."""

    step: Step
    at: datetime
    collapsed: tuple[Step, ...]


Done = Mapping[str, datetime]
"""When each rule's step was last taken, on this case."""


@dataclass(frozen=True, slots=True)
class Timetable:
    """The steps by clock on the calendar; `moments` remembers those of an end, which most cases share."""

    rules: EscalationRules
    calendar: Calendar
    moments: dict[tuple[Clock, datetime], tuple[tuple[datetime, Step], ...]] = field(
        default_factory=dict, compare=False
    )

    def of(self, clock: Clock, ends: datetime) -> tuple[tuple[datetime, Step], ...]:
        """(instant, step) in order of time. A step beyond the calendar's years is left out."""
        if clock == "forward":
            # It ends so many minutes after each receipt: hardly two cases share that instant.
            return tuple(sorted(self._moments(clock, ends), key=_by_time))
        found = self.moments.get((clock, ends))
        if found is None:
            if len(self.moments) >= _MOST_REMEMBERED:
                self.moments.clear()
            found = self.moments[clock, ends] = tuple(sorted(self._moments(clock, ends), key=_by_time))
        return found

    def _moments(self, clock: Clock, ends: datetime) -> Iterator[tuple[datetime, Step]]:
        for step in self.rules.steps:
            if step.clock != clock:
                continue
            try:
                at = _instant(step, ends, self.calendar)
            except LookupError:
                continue
            on = local_date(at)
            if step.valid_from <= on and (step.valid_to is None or on < step.valid_to):
                yield at, step


def running(standing: Standing, reached: Mapping[str, datetime]) -> tuple[Running, ...]:
    """The clocks of a case that run. `reached`: when each body was first told of it."""
    facts = standing.facts
    return tuple(
        Running(clock, end, facts.received_at, reached.get(owner_of(clock, facts)))
        for clock, end in _ends(standing)
    )


def _ends(standing: Standing) -> Iterator[tuple[Clock, datetime]]:
    facts = standing.facts
    clocks, state, pauses = facts.deadlines, facts.state, standing.findings.life.pauses
    if clocks is None:
        return
    if state == "suspended" and pauses:
        yield "resume", end_of(pauses[-1].start).astimezone(UTC)
    if state in _WAITING:
        yield "forward", clocks.forward_by
    if clocks.settle_by is not None and state in _HELD:
        yield "settle", clocks.settle_by
    if state in _FOLLOWED:
        yield "listen", clocks.listen_by


def owner_of(clock: Clock, facts: Facts) -> str:
    """Whose clock it is."""
    if clock in ("settle", "resume") and facts.resolving_owner is not None:
        return facts.resolving_owner
    return facts.listening_owner


def first_look(standing: Standing, timetable: Timetable) -> datetime | None:
    """When a clock must be looked at at the earliest, whatever was done; None if none runs."""
    since = standing.facts.received_at
    firsts = (_first(clock, end, since, timetable) for clock, end in _ends(standing))
    return min((at for at in firsts if at is not None), default=None)


def _first(clock: Clock, ends: datetime, since: datetime, timetable: Timetable) -> datetime | None:
    return next((at for at, _ in timetable.of(clock, ends) if at > since), None)


def due_step(clocks: Iterable[Running], done: Done, now: datetime, timetable: Timetable) -> Due | None:
    """The highest step that is due and not done; None if there is none."""
    left = list(_left(clocks, done, timetable))
    ripe = [(at, step) for at, step, ripe_at in left if ripe_at is not None and ripe_at <= now]
    if not ripe:
        return None
    highest = max(ripe, key=_height)
    passed = ((at, step) for at, step, _ in left if at <= now)
    below = sorted((other for other in passed if _height(other) < _height(highest)), key=_by_time)
    return Due(highest[1], highest[0], tuple(step for _, step in below))


def next_look(clocks: Iterable[Running], done: Done, now: datetime, timetable: Timetable) -> datetime | None:
    """When there may be something to do again, after all that is due now has been done."""
    again = now + timetable.rules.look_again
    looks: list[datetime] = []
    for at, _, ripe_at in _left(clocks, done, timetable):
        if ripe_at is None or at <= now < ripe_at:
            # Nothing has reached its owner: that may change at any moment.
            looks.append(max(at, again) if ripe_at is None else min(again, ripe_at))
        elif ripe_at > now:
            looks.append(at)
    return min(looks, default=None)


def _left(
    clocks: Iterable[Running], done: Done, timetable: Timetable
) -> Iterator[tuple[datetime, Step, datetime | None]]:
    """(due, step, when it may be taken) of all steps that are not done; None: not while nothing reached."""
    for one in clocks:
        for at, step in timetable.of(one.clock, one.ends):
            taken = done.get(step.rule)
            if at > one.since and (taken is None or taken < at):
                yield at, step, _ripe(at, one, timetable.rules)


def _ripe(at: datetime, one: Running, rules: EscalationRules) -> datetime | None:
    if one.reached is not None:
        return max(at, one.reached)
    if at < one.ends:
        return None
    return max(at, one.ends + rules.unreached[one.clock])


def _height(found: tuple[datetime, Step]) -> tuple[int, datetime, str]:
    at, step = found
    return ACTIONS.index(step.action), at, step.rule


def _by_time(found: tuple[datetime, Step]) -> tuple[datetime, str]:
    return found[0], found[1].rule


def _instant(step: Step, ends: datetime, calendar: Calendar) -> datetime:
    """A clock of days ends at 24:00 of its last day; so do the working days before and after it."""
    if step.unit == "min":
        return ends + timedelta(minutes=step.amount)
    if step.amount == 0:
        return ends
    last: date = local_date(ends - timedelta(microseconds=1))
    if step.amount > 0:
        day = calendar.after_working_days(last, step.amount)
    else:
        day = calendar.before_working_days(last, -step.amount)
    return end_of(day).astimezone(UTC)
