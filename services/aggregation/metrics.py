"""Every metric of the aggregation service. Labels are closed sets of our own."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID

from prometheus_client import Counter, Gauge, Histogram

from shared.telemetry import after_commit
from shared.telemetry.metrics import REPORT_LATENCY, since_receipt

CASES_NEW = Counter("langnghe_aggregation_cases_new_total", "Cases counted for the first time")
CASES_CHANGED = Counter("langnghe_aggregation_cases_changed_total", "Cases counted anew, by a higher version")
DIRTY = Gauge("langnghe_aggregation_dirty_marks", "Changes of leaves that no roll-up has taken in yet")
ROLLUP_SECONDS = Histogram(
    "langnghe_aggregation_rollup_seconds",
    "Time to take in one round of dirty marks, where there were any",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
WARNINGS = Counter("langnghe_aggregation_warnings_total", "Warnings, by what became of them", ("kind",))

_COUNTED = REPORT_LATENCY.bind("counted")
# A series that is there from the beginning shows its first increment, too.
for _kind in ("raised", "cleared"):
    WARNINGS.labels(_kind)


class Case(Protocol):
    """What is noted of a counted case."""

    @property
    def case_id(self) -> UUID: ...
    @property
    def version(self) -> int: ...


def counted(new: Sequence[Case], changed: Sequence[Case]) -> None:
    """Count a batch, once it has committed; how long the way took is told by cases just opened."""

    def count() -> None:
        CASES_NEW.inc(len(new))
        CASES_CHANGED.inc(len(changed))
        since_receipt(_COUNTED, (case.case_id for case in new if case.version == 1))

    after_commit(count)


def warned(raised: int, cleared: int) -> None:
    """Count warnings, once they have committed."""

    def count() -> None:
        WARNINGS.labels("raised").inc(raised)
        WARNINGS.labels("cleared").inc(cleared)

    after_commit(count)
