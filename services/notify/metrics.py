"""Every metric of notify."""

from collections import Counter as Tally
from collections.abc import Collection
from typing import Protocol

from prometheus_client import Counter, Gauge, Histogram

PLANNED = Counter("langnghe_notify_planned_total", "Notifications written", ("subject", "urgency"))
UNSENT = Counter("langnghe_notify_unsent_total", "Notifications that nobody is sent, by reason", ("reason",))
COMPOSED = Counter("langnghe_notify_composed_total", "Messages made up, by kind", ("kind",))
ATTEMPTS = Counter("langnghe_notify_attempts_total", "Attempts to send, by outcome", ("channel", "outcome"))
ERRORS = Counter("langnghe_notify_errors_total", "Attempts that failed, by error", ("channel", "error"))
SETTLED = Counter("langnghe_notify_notifications_total", "Notifications that reached their end", ("state",))
SEND_SECONDS = Histogram(
    "langnghe_notify_send_seconds",
    "Time of one attempt",
    ("channel",),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
WAITING = Gauge("langnghe_notify_waiting_deliveries", "Messages not yet settled", ("state",))
OLDEST = Gauge("langnghe_notify_oldest_waiting_seconds", "Age of the oldest message that is not yet settled")


class Row(Protocol):
    """What is counted of a notification."""

    @property
    def subject_kind(self) -> str: ...
    @property
    def urgency(self) -> str: ...
    @property
    def reason(self) -> str | None: ...


def planned(rows: Collection[Row], superseded: int) -> None:
    """Count a batch's rows with one increment a label."""
    for (subject, urgency), n in Tally((row.subject_kind, row.urgency) for row in rows).items():
        PLANNED.labels(subject, urgency).inc(n)
    for reason, n in Tally(row.reason for row in rows if row.reason).items():
        UNSENT.labels(reason).inc(n)
    if superseded:
        UNSENT.labels("newer_version").inc(superseded)
