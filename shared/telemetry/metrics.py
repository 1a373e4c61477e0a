"""Every metric that services have in common; what is a service's own is in its `metrics.py`.

Label values are closed sets: services, topics, partitions, our own codes; never what a sender wrote.
"""

import time
from collections.abc import Iterable
from uuid import UUID

from prometheus_client import Counter, Gauge, Histogram

from shared.telemetry.batch_histogram import BatchHistogram, Series

_WORK_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_WAIT_S = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900, 3600)

# batches -------------------------------------------------------------------------------------------------
OUTCOMES = ("fresh", "duplicate", "dead")
RECORDS = Counter(
    "langnghe_records_total", "Kafka records settled, by outcome", ("service", "topic", "outcome")
)
BATCH_SECONDS = Histogram(
    "langnghe_batch_seconds",
    "Time to settle one batch, from handler to commit",
    ("service", "topic"),
    buckets=_WORK_S,
)
RECORD_WAIT = BatchHistogram(
    "langnghe_record_wait_seconds",
    "From a record's arrival in Kafka to the commit of its effect",
    ("service", "topic"),
    buckets=_WAIT_S,
)
RETRIES = Counter("langnghe_retries_total", "Batches tried again, by cause", ("service", "topic", "cause"))

# requests ------------------------------------------------------------------------------------------------
HTTP_FAILURES = Counter(
    "langnghe_http_failures_total",
    "Requests that broke here: the database was away (unavailable), or a mistake of ours (failed)",
    ("service", "reason"),
)

# positions -----------------------------------------------------------------------------------------------
LAG = Gauge("langnghe_lag_records", "Log end minus position", ("service", "topic", "partition"))
PAUSED = Gauge(
    "langnghe_partition_paused", "1 while a gap needs a decision", ("service", "topic", "partition")
)
WENT_BACK = Counter(
    "langnghe_positions_went_back_total",
    "Positions that went back since the log had lost its tail",
    ("service", "topic"),
)
UNSTABLE = Gauge(
    "langnghe_unstable_records",
    "Records held back by a transaction of their producer that has not ended",
    ("service", "topic", "partition"),
)

# outbox and dead letters ---------------------------------------------------------------------------------
OUTBOX = Gauge("langnghe_outbox_rows", "Events committed and not yet in Kafka", ("service",))
RELAYED = Counter("langnghe_relayed_total", "Events handed from the outbox to Kafka", ("service",))
RELAY_FAILURES = Counter("langnghe_relay_failures_total", "Rounds of the relay that failed", ("service",))
RELAY_SECONDS = Histogram(
    "langnghe_relay_seconds",
    "Time of one round of the relay that had something to hand on",
    ("service",),
    buckets=_WORK_S,
)
DEAD_LETTERS = Gauge(
    "langnghe_dead_letters_open", "Records that wait for a decision", ("service", "topic", "reason")
)
DEAD_LETTER_AGE = Gauge(
    "langnghe_dead_letters_oldest_seconds", "Age of the oldest open dead letter, 0 without one", ("service",)
)

# the whole way, and whether it is open --------------------------------------------------------------------
REPORT_LATENCY = BatchHistogram(
    "langnghe_report_latency_seconds",
    "From a report's receipt to the commit that routed, counted or planned it",
    ("stage",),
    buckets=_WAIT_S,
)
READY = Gauge("langnghe_ready", "1 while the dependency answers", ("service", "dependency"))
MAP_VERSION = Gauge("langnghe_map_version", "Version of the map that this process works by", ("service",))


def since_receipt(stage: Series, ids: Iterable[UUID]) -> None:
    """Note how long ago reports came in: a report's id is a UUIDv7 made at its receipt.

    Ids of another version are left out.
    """
    now_ms = time.time_ns() // 1_000_000
    numbers = (id_.int for id_ in ids)
    stage.observe((now_ms - (n >> 80)) / 1000 for n in numbers if n >> 76 & 0xF == 7)
