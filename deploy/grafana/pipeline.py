"""The dashboard *Pipeline*: a report's way, stage by stage, and the ground that the stages stand on."""

from pathlib import Path

from deploy.grafana.dashboard import Dashboard, Panel, Row

FILE = Path(__file__).parent / "dashboards" / "pipeline.json"


def rate(metric: str, *by: str) -> str:
    """How many a second, by these labels."""
    grouped = f" by ({', '.join(by)})" if by else ""
    return f"sum{grouped} (rate({metric}[$__rate_interval]))"


def quantiles(histogram: str, *by: str, where: str = "") -> dict[str, str]:
    """The median and the 99th percentile, in the histogram's unit, of what `where` (a selector) leaves."""
    name = " ".join(f"{{{{{label}}}}}" for label in by)
    buckets = f"rate({histogram}_bucket{where}[$__rate_interval])"
    summed = f"sum by ({', '.join((*by, 'le'))}) ({buckets})"
    return {f"{name} p{p}".strip(): f"histogram_quantile({p / 100:g}, {summed})" for p in (50, 99)}


def latency(stage: str) -> dict[str, str]:
    """From a report's receipt to the commit of a stage."""
    return quantiles("langnghe_report_latency_seconds", where=f'{{stage="{stage}"}}')


COMING_IN = Row(
    "In: the channels' doors",
    [
        Panel(
            "Submissions",
            "By door and what became of them. Refused ones are told why.",
            {"{{door}} {{outcome}}": rate("langnghe_intake_submissions_total", "door", "outcome")},
            "reqps",
        ),
        Panel(
            "HTTP: time to the answer",
            "From the body to 202, which comes after COMMIT.",
            quantiles("langnghe_intake_door_seconds", "door"),
            "s",
        ),
        Panel(
            "Requests per transaction",
            "How well requests share a COMMIT.",
            {
                "mean": f"{rate('langnghe_intake_requests_per_commit_sum')} / "
                f"{rate('langnghe_intake_requests_per_commit_count')}"
            },
        ),
        Panel(
            "Told to come again",
            "Answered 503: too many wait, or the database does not say what became of it.",
            {"{{door}} {{reason}}": rate("langnghe_intake_unsettled_total", "door", "reason")},
            "reqps",
        ),
    ],
)

ROUTING = Row(
    "Routing: who must answer",
    [
        Panel(
            "Cases opened",
            "By state and level; triage waits for a person.",
            {"{{state}} {{level}}": rate("langnghe_routing_cases_opened_total", "state", "level")},
            "reqps",
        ),
        Panel(
            "Decisions",
            "By kind; one case has several.",
            {"{{kind}}": rate("langnghe_routing_decisions_total", "kind")},
            "reqps",
        ),
        Panel("Received to routed", "Until the case is committed.", latency("routed"), "s"),
        Panel(
            "Oldest parked command",
            "What came before its case. It waits for minutes at most.",
            {"age": "max(langnghe_routing_parked_oldest_seconds)"},
            "s",
        ),
    ],
)

COUNTING = Row(
    "Counting: how many, where, of what",
    [
        Panel(
            "Cases counted",
            "New ones, and those counted anew by a higher version.",
            {
                "new": rate("langnghe_aggregation_cases_new_total"),
                "changed": rate("langnghe_aggregation_cases_changed_total"),
            },
            "reqps",
        ),
        Panel("Received to counted", "Until the leaf counts hold it.", latency("counted"), "s"),
        Panel(
            "Roll-ups owed",
            "Changes of leaves that no total has taken in yet.",
            {"marks": "max(langnghe_aggregation_dirty_marks)"},
        ),
        Panel(
            "Time of a round of roll-ups",
            "Each takes in all marks that wait.",
            quantiles("langnghe_aggregation_rollup_seconds"),
            "s",
        ),
        Panel(
            "Warnings in the last hour",
            "Raised and cleared surges.",
            {"{{kind}}": "sum by (kind) (increase(langnghe_aggregation_warnings_total[1h]))"},
        ),
    ],
)

TELLING = Row(
    "Telling: officers and bodies",
    [
        Panel(
            "Notifications planned",
            "Urgent ones go at once, the rest in digests.",
            {"{{subject}} {{urgency}}": rate("langnghe_notify_planned_total", "subject", "urgency")},
            "reqps",
        ),
        Panel(
            "Nobody is sent",
            "Planned, but with a reason why nothing goes out.",
            {"{{reason}}": rate("langnghe_notify_unsent_total", "reason")},
            "reqps",
        ),
        Panel("Received to planned", "Until the notifications are committed.", latency("notified"), "s"),
        Panel(
            "Planned to delivered",
            "Digests wait on purpose.",
            quantiles("langnghe_notify_told_seconds", "channel"),
            "s",
        ),
        Panel(
            "Attempts",
            "By channel and how they ended.",
            {"{{channel}} {{outcome}}": rate("langnghe_notify_attempts_total", "channel", "outcome")},
            "reqps",
        ),
        Panel(
            "Failed attempts by error",
            "Codes of ours; a server's own words may hold an address.",
            {"{{channel}} {{error}}": rate("langnghe_notify_errors_total", "channel", "error")},
            "reqps",
        ),
        Panel(
            "Messages made up",
            "By channel and kind; a flood collapses into one.",
            {"{{channel}} {{kind}}": rate("langnghe_notify_composed_total", "channel", "kind")},
            "reqps",
        ),
        Panel(
            "Deliveries due",
            "Messages ready to go or on their way.",
            {"{{state}}": "max by (state) (langnghe_notify_waiting_deliveries)"},
        ),
    ],
)

GROUND = Row(
    "Ground: Kafka, PostgreSQL, and what waits between them",
    [
        Panel(
            "Ready",
            "Each dependency of each service, now.",
            {"{{service}} {{dependency}}": "min by (service, dependency) (langnghe_ready)"},
            kind="stat",
            good=True,
        ),
        Panel(
            "Lag",
            "Records between a service's position and the log's end.",
            {"{{service}} {{topic}}": "sum by (service, topic) (langnghe_lag_records)"},
        ),
        Panel(
            "Outbox",
            "Events committed and not yet in Kafka.",
            {"{{service}}": "max by (service) (langnghe_outbox_rows)"},
        ),
        Panel(
            "Relay",
            "Events handed on, and rounds that failed.",
            {
                "{{service}}": rate("langnghe_relayed_total", "service"),
                "{{service}} failures": rate("langnghe_relay_failures_total", "service"),
            },
            "reqps",
        ),
        Panel(
            "Records settled",
            "A duplicate's effect was there already.",
            {"{{service}} {{outcome}}": rate("langnghe_records_total", "service", "outcome")},
            "reqps",
        ),
        Panel(
            "Time of a batch",
            "From the handler to the commit.",
            quantiles("langnghe_batch_seconds", "service", "topic"),
            "s",
        ),
        Panel(
            "Time in Kafka and in the batch",
            "From a record's arrival to the commit of its effect.",
            quantiles("langnghe_record_wait_seconds", "service", "topic"),
            "s",
        ),
        Panel(
            "Batches tried again",
            "By service and cause.",
            {"{{service}} {{cause}}": rate("langnghe_retries_total", "service", "cause")},
            "reqps",
        ),
        Panel(
            "Dead letters open",
            "Records that wait for a decision: langnghe dead-letters list.",
            {
                "{{service}} {{topic}} {{reason}}": "max by (service, topic, reason) "
                "(langnghe_dead_letters_open)"
            },
        ),
        Panel(
            "Partitions paused, records held back",
            "A gap needs a decision; a producer's transaction has not ended.",
            {
                "{{service}} {{topic}} paused": "sum by (service, topic) (langnghe_partition_paused)",
                "{{topic}} held back": "max by (topic) (langnghe_unstable_records)",
            },
        ),
        Panel(
            "Memory",
            "Resident, per process.",
            {"{{service}} {{instance}}": 'process_resident_memory_bytes{job="langnghe"}'},
            "bytes",
        ),
        Panel(
            "CPU",
            "Share of one core, per process.",
            {"{{service}} {{instance}}": 'rate(process_cpu_seconds_total{job="langnghe"}[$__rate_interval])'},
            "percentunit",
        ),
    ],
)

PIPELINE = Dashboard(
    "langnghe-pipeline",
    "Pipeline",
    "A report's way through Lắng Nghe, and the ground that it stands on.",
    (COMING_IN, ROUTING, COUNTING, TELLING, GROUND),
)
