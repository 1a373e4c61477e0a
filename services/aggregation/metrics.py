"""Every metric of the aggregation service. Labels are closed sets of our own."""

from prometheus_client import Counter, Gauge, Histogram

CASES_NEW = Counter("langnghe_aggregation_cases_new_total", "Cases counted for the first time")
CASES_CHANGED = Counter("langnghe_aggregation_cases_changed_total", "Cases counted anew, by a higher version")
DIRTY = Gauge("langnghe_aggregation_dirty_marks", "Changes of leaves that no roll-up has taken in yet")
ROLLUP_SECONDS = Histogram(
    "langnghe_aggregation_rollup_seconds",
    "Time to take in one round of dirty marks",
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
WARNINGS = Counter("langnghe_aggregation_warnings_total", "Warnings, by what became of them", ("kind",))
