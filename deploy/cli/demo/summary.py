"""What became of everything that was submitted: the summary, for people and as JSON."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

import asyncpg
import numpy as np

from deploy.cli.checker import Report
from deploy.cli.demo.addresses import addresses, silent
from deploy.cli.demo.doors import Ledger
from deploy.cli.demo.posts import Programme
from deploy.cli.demo.prepare import today
from deploy.cli.demo.stage import Stage
from services.intake.store.totals import Totals, totals
from services.routing.map.official import REFORM_2025
from shared.units import UnitMap

_COUNTS = """
SELECT (SELECT count(*) FROM routing.cases WHERE case_id = root_id) AS cases,
       (SELECT count(*) FROM routing.cases WHERE case_id = root_id AND state = 'triage') AS triage,
       (SELECT count(*) FROM aggregation.counted_cases JOIN routing.cases AS c USING (case_id)
        WHERE c.case_id = c.root_id) AS counted,
       (SELECT count(*) FROM aggregation.warnings) AS warnings,
       (SELECT count(*) FROM notify.notifications) AS planned,
       count(*) FILTER (WHERE state <> 'withheld') AS deliveries,
       count(*) FILTER (WHERE state = 'delivered') AS delivered,
       count(*) FILTER (WHERE state = 'failed') AS failed
FROM notify.deliveries
"""
_LATENCIES = """
WITH stages AS (
    SELECT r.received_at, c.opened_at, a.counted_at, n.planned_at
    FROM intake.reports AS r
    LEFT JOIN routing.cases AS c ON c.case_id = r.report_id
    LEFT JOIN aggregation.counted_cases AS a ON a.case_id = r.report_id
    LEFT JOIN (SELECT subject_id, min(planned_at) AS planned_at FROM notify.notifications
               WHERE subject_kind = 'case' GROUP BY subject_id) AS n ON n.subject_id = r.report_id
)
SELECT percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY opened_at - received_at) AS routed,
       percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY counted_at - received_at) AS counted,
       percentile_cont(ARRAY[0.5, 0.99]) WITHIN GROUP (ORDER BY planned_at - received_at) AS notified,
       max(greatest(opened_at, counted_at, planned_at)) - min(received_at) AS span
FROM stages
"""


@dataclass(frozen=True, slots=True)
class Summary:
    """The demo's summary; `as_json` is what `--json` writes.

    submitted = accepted + rejected + duplicates; rejected counts refusals at the door, refused rows,
    conflicts and intake's dead letters, `rejected_by` each of them as `<door>:<reason>`. `parts` says what
    the submissions were, the invented baseline among them. `latency_ms.accepted` is measured by the callers
    of the HTTP door, from request to 202; the others are read from the database: from the moment a report
    was written at intake until its case, its count and its first notification were written. `rate_per_s`:
    accepted reports by the time from the first one's acceptance to the last one's last stage, with the
    pauses that the demo makes. `cases`, `triage` and `counted` are reports: a mixed one has further cases.
    """

    submitted: int
    accepted: int
    rejected: int
    rejected_by: Mapping[str, int]
    duplicates: int
    parts: Mapping[str, int]
    cases: int
    triage: int
    counted: int
    warnings: int
    notifications: Mapping[str, int]
    latency_ms: Mapping[str, Mapping[str, float]]
    rate_per_s: float
    invariants: Mapping[str, bool | str]
    units: Mapping[str, int]
    urls: Mapping[str, str]
    troubles: Sequence[str]
    """What is not as it must be; empty when the demo proves what it is for. Not in the JSON's summary."""

    def as_json(self) -> dict[str, Any]:
        """The fields by name, for programs."""
        fields = asdict(self)
        del fields["troubles"]
        return fields


async def summarise(
    stage: Stage, units: UnitMap, programme: Programme, ledger: Ledger, report: Report
) -> Summary:
    """Count, and compare with what the senders know."""
    reader = await asyncpg.connect(stage.reader_dsn)
    try:
        found = await totals(reader)
        row = await reader.fetchrow(_COUNTS)
        measured = await reader.fetchrow(_LATENCIES)
        urls = await addresses(reader, stage.urls, units, ledger)
    finally:
        await reader.close()
    assert row is not None
    assert measured is not None
    span = measured["span"].total_seconds()
    return Summary(
        submitted=found.submitted,
        accepted=found.accepted,
        rejected=found.rejected,
        rejected_by=dict(sorted(found.rejected_by.items())),
        duplicates=found.duplicates,
        parts=_parts(programme),
        cases=row["cases"],
        triage=row["triage"],
        counted=row["counted"],
        warnings=row["warnings"],
        notifications={name: row[name] for name in ("planned", "deliveries", "delivered", "failed")},
        latency_ms=_latencies(ledger, measured),
        rate_per_s=round(found.accepted / span, 1),
        invariants=report.verdicts,
        units=_units(units),
        urls=urls,
        troubles=[*_troubles(programme, ledger, report, found, row), *await silent(urls)],
    )


def _parts(programme: Programme) -> dict[str, int]:
    parts = Counter(str(post.part) for post in programme.everything)
    parts["faulty"] += len(programme.requests) + len(programme.records)
    return dict(parts)


def _latencies(ledger: Ledger, measured: asyncpg.Record) -> dict[str, dict[str, float]]:
    accepted = np.percentile(ledger.accepted_ms, (50, 99))
    by_stage: dict[str, Sequence[float]] = {"accepted": [float(ms) for ms in accepted]}
    for stage in ("routed", "counted", "notified"):
        by_stage[stage] = [took / timedelta(milliseconds=1) for took in measured[stage]]
    return {stage: {"p50": round(p50, 1), "p99": round(p99, 1)} for stage, (p50, p99) in by_stage.items()}


def _units(units: UnitMap) -> dict[str, int]:
    """Communes of the whole country, asked of the loaded map: today, and on the day before the reform."""
    before = REFORM_2025 - timedelta(days=1)
    return {
        "communes_now": sum(1 for _ in units.units(today(), "commune")),
        "communes_before": sum(1 for _ in units.units(before, "commune")),
    }


def _troubles(
    programme: Programme, ledger: Ledger, report: Report, found: Totals, row: asyncpg.Record
) -> list[str]:
    """Each sentence is a reason why the demo failed."""
    expected = Counter(str(post.expected) for post in programme.everything)
    expected["rejected"] += len(programme.requests) + len(programme.records)
    pairs = {
        "accepted": (expected["accepted"], found.accepted),
        "duplicates": (expected["duplicate"], found.duplicates),
        "rejected": (expected["rejected"], found.rejected),
        "cases": (found.accepted, row["cases"]),
        "counted": (found.accepted, row["counted"]),
        "deliveries that arrived": (row["deliveries"], row["delivered"]),
    }
    wrong = [f"{what}: expected {want}, found {got}" for what, (want, got) in pairs.items() if want != got]
    if not row["warnings"]:
        wrong.append("the downpour raised no warning")
    broken = [name for name, verdict in report.verdicts.items() if verdict is False]
    for name in broken:
        wrong.append(f"{name} does not hold: {'; '.join(report.results[name].offending[:3])}")
    return [*wrong, *ledger.wrong]
