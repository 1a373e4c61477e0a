"""Intake's own metrics; labels are closed lists."""

from prometheus_client import Counter, Histogram

SUBMISSIONS = Counter(
    "langnghe_intake_submissions_total",
    "Submissions at the doors of HTTP, by outcome (records are counted by langnghe_records_total)",
    ("door", "outcome", "reason"),
)
ACCEPTED_PER_COMMIT = Histogram(
    "langnghe_intake_requests_per_commit",
    "Requests that shared one transaction",
    buckets=(1, 2, 5, 10, 25, 50, 100, 200),
)
DOOR_SECONDS = Histogram(
    "langnghe_intake_door_seconds",
    "From a request's body to its answer, for accepted reports",
    ("door",),
    buckets=(0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
)
