"""Every metric of notify."""

from collections import Counter as Tally
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Protocol
from uuid import UUID

from prometheus_client import Counter, Gauge, Histogram

from shared.telemetry import after_commit
from shared.telemetry.batch_histogram import BatchHistogram
from shared.telemetry.metrics import REPORT_LATENCY, since_receipt

CHANNELS = ("email", "webhook")
RESULTS = ("delivered", "retry", "failed", "withheld")

PLANNED = Counter("langnghe_notify_planned_total", "Notifications written", ("subject", "urgency"))
UNSENT = Counter("langnghe_notify_unsent_total", "Notifications that nobody is sent, by reason", ("reason",))
COMPOSED = Counter("langnghe_notify_composed_total", "Messages made up", ("channel", "kind"))
ATTEMPTS = Counter("langnghe_notify_attempts_total", "Attempts to send, by outcome", ("channel", "outcome"))
ERRORS = Counter("langnghe_notify_errors_total", "Attempts that failed, by error", ("channel", "error"))
SETTLED = Counter(
    "langnghe_notify_notifications_total", "Notifications that reached their end", ("channel", "state")
)
SEND_SECONDS = Histogram(
    "langnghe_notify_send_seconds",
    "Time of one attempt",
    ("channel",),
    buckets=(0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30),
)
TOLD_SECONDS = BatchHistogram(
    "langnghe_notify_told_seconds",
    "From a notification's planning to its delivery; digests wait on purpose",
    ("channel",),
    buckets=(0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 1800, 3600, 14400, 86400),
)
WAITING = Gauge("langnghe_notify_waiting_deliveries", "Messages not yet settled", ("state",))
OLDEST = Gauge("langnghe_notify_oldest_waiting_seconds", "Age of the oldest message that is not yet settled")

_NOTIFIED = REPORT_LATENCY.bind("notified")
_TOLD = {channel: TOLD_SECONDS.bind(channel) for channel in CHANNELS}
_SEND = {channel: SEND_SECONDS.labels(channel) for channel in CHANNELS}
# A series that is there from the beginning shows its first increment, too.
for _urgency in ("urgent", "digest"):
    PLANNED.labels("case", _urgency)
for _channel in CHANNELS:
    for _kind in ("urgent", "digest", "flood"):
        COMPOSED.labels(_channel, _kind)
    for _result in RESULTS:
        ATTEMPTS.labels(_channel, _result)
    for _state in ("delivered", "failed", "unsent"):
        SETTLED.labels(_channel, _state)


class Row(Protocol):
    """What is counted of a notification."""

    @property
    def subject_kind(self) -> str: ...
    @property
    def urgency(self) -> str: ...
    @property
    def reason(self) -> str | None: ...


def planned(rows: Collection[Row], superseded: int) -> None:
    """Count a batch's rows with one increment a label, once they have committed."""

    def count() -> None:
        for (subject, urgency), n in Tally((row.subject_kind, row.urgency) for row in rows).items():
            PLANNED.labels(subject, urgency).inc(n)
        for reason, n in Tally(row.reason for row in rows if row.reason).items():
            UNSENT.labels(reason).inc(n)
        if superseded:
            UNSENT.labels("newer_version").inc(superseded)

    after_commit(count)


def unsent(reason: str, n: int) -> None:
    """Count notifications that will not be sent after all, once that has committed."""
    after_commit(lambda: UNSENT.labels(reason).inc(n))


def opened(case_ids: Sequence[UUID]) -> None:
    """Note how long ago the reports of cases just opened came in, once their notifications are planned."""
    after_commit(lambda: since_receipt(_NOTIFIED, case_ids))


def composed(channel: str, kinds: Iterable[str]) -> None:
    """Count messages made up, once they have committed."""
    tally = Tally(kinds)

    def count() -> None:
        for kind, n in tally.items():
            COMPOSED.labels(channel, kind).inc(n)

    after_commit(count)


def sent(channel: str, seconds: float) -> None:
    """One attempt's time."""
    _SEND[channel].observe(seconds)


def attempted(channel: str, result: str, error: str | None) -> None:
    """One attempt's end, once it is marked."""

    def count() -> None:
        ATTEMPTS.labels(channel, result).inc()
        if error is not None:
            ERRORS.labels(channel, error).inc()

    after_commit(count)


def settled(channel: str, state: str, planned_at: Sequence[datetime], now: datetime) -> None:
    """Notifications that reached their end, once that is marked."""

    def count() -> None:
        SETTLED.labels(channel, state).inc(len(planned_at))
        if state == "delivered":
            _TOLD[channel].observe((now - at).total_seconds() for at in planned_at)

    after_commit(count)
