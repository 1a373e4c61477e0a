"""Intake's own metrics; labels are closed lists."""

from collections.abc import Mapping

from prometheus_client import Counter, Gauge, Histogram

from shared.telemetry import after_commit

DOORS = ("kafka", "http", "form", "sheet")
OUTCOMES = ("accepted", "duplicate", "conflict", "refused", "untrusted")
SUBMISSIONS = Counter(
    "langnghe_intake_submissions_total",
    "Submissions by what became of them; records that cannot be read at all are dead letters only",
    ("door", "outcome", "reason"),
)
UNSETTLED = Counter(
    "langnghe_intake_unsettled_total",
    "Requests that were told to come again: too many wait, or the outcome is not known",
    ("door", "reason"),
)
FEEDBACK = Counter(
    "langnghe_intake_feedback_refused_total", "Words on an answer that were not taken, by why", ("code",)
)
SEALED_KEYS = Gauge(
    "langnghe_intake_sealed_source_keys",
    "Keys of registered sources that no key-encryption key of this process opens",
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
HTTP_SECONDS = DOOR_SECONDS.labels("http")

# A series that is there from the beginning shows its first increment, too.
for _door in DOORS:
    for _outcome in OUTCOMES:
        SUBMISSIONS.labels(_door, _outcome, "")
for _door in ("http", "form"):
    for _reason in ("busy", "outcome_unknown"):
        UNSETTLED.labels(_door, _reason)


def settled(tally: Mapping[tuple[str, str, str], int]) -> None:
    """Count submissions by (door, outcome, reason), once the transaction around has committed."""

    def count() -> None:
        for key, n in tally.items():
            SUBMISSIONS.labels(*key).inc(n)

    after_commit(count)
