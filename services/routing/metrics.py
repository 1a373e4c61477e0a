"""Routing's own metrics; what services have in common is in `shared/telemetry/metrics.py`."""

from collections import Counter as Tally
from collections.abc import Collection
from typing import Literal, Protocol, get_args
from uuid import UUID

from prometheus_client import Counter, Gauge

from shared.telemetry import after_commit
from shared.telemetry.metrics import REPORT_LATENCY, since_receipt

STATES = ("triage", "opened", "noted")
Worker = Literal["clock", "calendar", "map", "link"]
"""What looks at many cases, each on its own."""
LEVELS = ("hamlet", "commune", "province")
CASES = Counter("langnghe_routing_cases_opened_total", "Cases opened", ("state", "level"))
DECISIONS = Counter("langnghe_routing_decisions_total", "Decisions on cases, by kind", ("kind",))
PARKED = Gauge("langnghe_routing_parked_commands", "Commands that wait for their case")
PARKED_AGE = Gauge("langnghe_routing_parked_oldest_seconds", "Age of the oldest of them, 0 without one")
RULES_REFUSED = Gauge(
    "langnghe_routing_rules_refused", "1 while rule files that were refused lie there and older rules run"
)
RESCHEDULED = Counter(
    "langnghe_routing_cases_rescheduled_total", "Cases whose clocks a change of the calendar moved"
)
REFUSED = Counter("langnghe_routing_commands_refused_total", "Commands on cases that were refused", ("code",))
MAP_MOVED = Counter("langnghe_routing_cases_moved_total", "Cases that a change of the map moved")
MAP_CHOICES = Counter(
    "langnghe_routing_map_choices_total", "Cases of split units whose new unit a person is asked for"
)

CALLS = Counter("langnghe_routing_calls_total", "Reminders and escalations by the clock", ("action",))
TIMERS_DUE = Gauge("langnghe_routing_timers_due", "Cases whose clocks must be looked at now")
TIMERS_LATE = Gauge("langnghe_routing_timer_late_seconds", "How late the oldest of them is, 0 without one")
BROKEN = Counter(
    "langnghe_routing_broken_total",
    "Cases that a worker could not decide on, and passed over",
    ("worker",),
)
CALLS_HELD = Gauge(
    "langnghe_routing_calls_held", "Calls held back in this hour, their bodies having had enough"
)
OVERDUE = Gauge("langnghe_routing_cases_overdue", "Cases whose clock has ended", ("clock",))

INCIDENT_MARKS = Gauge("langnghe_routing_incident_marks", "Cases that wait to be compared with others")
INCIDENT_MARKS_AGE = Gauge(
    "langnghe_routing_incident_marks_oldest_seconds", "Age of the oldest of them, 0 without one"
)
INCIDENT_LINKS = Counter(
    "langnghe_routing_incident_links_total", "What comparing led to: same, follow_up, suggested", ("kind",)
)

_ROUTED = REPORT_LATENCY.bind("routed")
# A series that is there from the beginning shows its first increment, too.
for _state in STATES:
    for _level in LEVELS:
        CASES.labels(_state, _level)
for _clock in ("settle", "listen"):
    OVERDUE.labels(_clock)
for _worker in get_args(Worker):
    BROKEN.labels(_worker)
for _action in ("remind", "tell", "rise"):
    CALLS.labels(_action)


class Facts(Protocol):
    """What is counted of a case's facts."""

    @property
    def state(self) -> str: ...
    @property
    def level(self) -> str: ...


class Case(Protocol):
    """A case as a decision left it."""

    @property
    def case_id(self) -> UUID: ...
    @property
    def facts(self) -> Facts: ...


class Decision(Protocol):
    """What is counted of a decision; `kind` is its class's name."""

    @property
    def kind(self) -> str: ...
    @property
    def after(self) -> Case: ...


def decided(rows: Collection[Decision]) -> None:
    """Count a transaction's decisions, and how long ago new cases' reports came in, once it has committed."""

    def count() -> None:
        opened = [row.after for row in rows if row.kind == "Opened"]
        for kind, n in Tally(row.kind for row in rows).items():
            DECISIONS.labels(kind).inc(n)
        for (state, level), n in Tally((case.facts.state, case.facts.level) for case in opened).items():
            CASES.labels(state, level).inc(n)
        since_receipt(_ROUTED, (case.case_id for case in opened))

    after_commit(count)


def linked(kinds: Collection[str]) -> None:
    """Count what comparing led to, once it has committed."""

    def count() -> None:
        for kind, n in Tally(kinds).items():
            INCIDENT_LINKS.labels(kind).inc(n)

    if kinds:
        after_commit(count)


def called(actions: Collection[str]) -> None:
    """Count calls by the clock, once they have committed."""

    def count() -> None:
        for action, n in Tally(actions).items():
            CALLS.labels(action).inc(n)

    if actions:
        after_commit(count)
