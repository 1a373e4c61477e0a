"""The figures as tables for people."""

from collections.abc import Iterator, Mapping
from typing import Any

from deploy.cli.output import print_table, say

Figures = Mapping[str, Any]
_PERCENTILES = ("accepted", "routed", "counted", "notified")


def show(found: Figures) -> None:
    """Print what was measured, part by part."""
    machine = found["machine"]
    say(f"{machine['cpus']} CPUs, {machine['memory_mb']} MB, load before {machine['load_before']}")
    say(f"Durability: {machine['durability']}")
    for name, shower in (
        ("end_to_end", _end_to_end),
        ("steady", _steady),
        ("stages", _stages),
        ("yardsticks", _yardsticks),
        ("http", _http),
    ):
        if name in found:
            say("")
            shower(found[name])


def _end_to_end(part: Figures) -> None:
    say(
        f"End to end from Kafka: {part['rate_per_s']} reports/s over {part['reports']} reports "
        f"({part['seconds']} s), {_held(part)}"
    )
    say(_written(part))
    cpu, memory = part["cpu_us_per_report"], part["rss_mb"]
    rows = [(name, cpu[name], *(memory[name][at] for at in ("start", "end", "max"))) for name in cpu]
    total = ("together", part["cpu_us_per_report_total"], "", "", "")
    print_table(("process", "CPU µs/report", "MB start", "MB end", "MB max"), [*rows, total], empty="")


def _steady(part: Figures) -> None:
    say(f"Fed at {part['fed_rate_per_s']}/s for {part['seconds']} s: memory")
    rows = [
        (name, m["start"], m["end"], m["max"], part["slope_mb_per_minute"][name])
        for name, m in part["rss_mb"].items()
    ]
    print_table(("process", "MB start", "MB end", "MB max", "MB a minute"), rows, empty="")


def _stages(part: Figures) -> None:
    say(f"Each stage alone, {part['reports']} reports, {_held(part)}")
    print_table(
        ("stage", "reports/s", "its CPU µs", "PostgreSQL's µs", "Kafka's µs", "rows", "WAL bytes"),
        _stage_rows(part),
        empty="",
    )
    link = part["incidents"]
    say(
        f"Compared with others: {link['cases_per_s']} cases/s over {link['cases']}, "
        f"{link['cpu_us']} µs of CPU and {link['postgres_us']} of PostgreSQL's each; {link['linked']} linked"
    )


def _stage_rows(part: Figures) -> Iterator[tuple[Any, ...]]:
    for name, stage in part.items():
        if isinstance(stage, Mapping) and "rate_per_s" in stage:
            cpu = dict(stage["cpu_us_per_report"])
            postgres, kafka = cpu.pop("postgres", 0.0), cpu.pop("kafka", 0.0)
            cpu.pop("mailbox", None)
            wal = stage["wal_bytes_per_report"]
            yield name, stage["rate_per_s"], *cpu.values(), postgres, kafka, stage["rows_per_report"], wal


def _yardsticks(part: Figures) -> None:
    say("Yardsticks")
    writes = part["routing_writes"]
    rows = [
        (f"bare consumer and validation, {topic}", figures["rate_per_s"], f"{figures['cpu_us']} µs a record")
        for topic, figures in part["raw_consumer"].items()
    ]
    rows.append(("COPY of routing's rows, cases", writes["copy_per_s"], "one statement a table, one COMMIT"))
    rows.append(("routing's write path, cases", writes["path_per_s"], f"{writes['ratio']} of COPY"))
    print_table(("what", "per s", ""), rows, empty="")


def _http(part: Figures) -> None:
    say(
        f"HTTP door: {part['door_per_s']}/s accepted from {part['clients']} clients, "
        f"{part['capacity_per_s']}/s all the way, {_held(part)}; latencies in ms from the scheduled instant"
    )
    rows = [
        (
            share,
            level["rate_per_s"],
            *(f"{level[step]['p50']} / {level[step]['p99']}" for step in _PERCENTILES),
        )
        for share, level in part["levels"].items()
    ]
    print_table(("load", "per s", *(f"{step} p50 / p99" for step in _PERCENTILES)), rows, empty="")


def _written(part: Figures) -> str:
    return (
        f"A report costs {part['rows_per_report']} rows written, "
        f"{part['transactions_per_report']} transactions, {part['wal_bytes_per_report']} bytes of WAL, "
        f"{part['notifications_per_report']} notifications"
    )


def _held(part: Figures) -> str:
    held = [name for name, verdict in part["invariants"].items() if verdict is True]
    return f"{', '.join(held)} held"
