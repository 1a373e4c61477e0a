"""The summary as tables for people."""

from rich.console import Console
from rich.table import Table

from deploy.cli.demo.summary import Summary

_MARKS = {True: "[green]true[/]", False: "[red]false[/]"}


def show(console: Console, summary: Summary, seconds: float) -> None:
    """Print everything that `--json` writes, but for machines' details."""
    console.print()
    console.rule(f"What became of it, after {seconds:.0f} s")
    grid = Table.grid(padding=(0, 4))
    grid.add_row(_flow(summary), _latency(summary), _invariants(summary))
    console.print(grid)
    console.print(f"  [bold]Rejected[/] {_pairs(summary.rejected_by)}")
    console.print(f"  [bold]Submitted[/] {_pairs(summary.parts)}")
    units = summary.units
    console.print(
        f"  [bold]Map[/] {units['communes_now']:,} communes today,"
        f" {units['communes_before']:,} before the reform of 2025-07-01\n"
    )
    for trouble in summary.troubles:
        console.print(f"  [red]✗ {trouble}[/]", highlight=False)
    if not summary.troubles:
        console.print("  [green]✓ Nothing lost, nothing twice, no personal data outside its seal.[/]\n")


def show_addresses(console: Console, summary: Summary) -> None:
    """The pages, one a line."""
    table = Table.grid(padding=(0, 2))
    for name, url in summary.urls.items():
        table.add_row(f"  {name.replace('_', ' ')}", f"[link={url}]{url}[/link]")
    console.print(table)


def _flow(summary: Summary) -> Table:
    told = summary.notifications
    rows = (
        ("submitted", summary.submitted),
        ("  accepted", summary.accepted),
        ("  rejected", summary.rejected),
        ("  duplicates", summary.duplicates),
        ("cases", summary.cases),
        ("  in triage", summary.triage),
        ("counted", summary.counted),
        ("surge warnings", summary.warnings),
        ("notifications", told["planned"]),
        ("  messages", told["deliveries"]),
        ("  delivered", told["delivered"]),
        ("  failed", told["failed"]),
    )
    table = Table("reports", "", box=None, title_justify="left")
    table.columns[1].justify = "right"
    for name, number in rows:
        table.add_row(name, f"{number:,}")
    return table


def _latency(summary: Summary) -> Table:
    table = Table("since acceptance", "p50 ms", "p99 ms", box=None)
    for column in table.columns[1:]:
        column.justify = "right"
    for stage, values in summary.latency_ms.items():
        name = "accepted (HTTP)" if stage == "accepted" else stage
        table.add_row(name, f"{values['p50']:,.0f}", f"{values['p99']:,.0f}")
    table.add_row("reports a second", f"{summary.rate_per_s:,.1f}", "")
    return table


def _invariants(summary: Summary) -> Table:
    table = Table("invariant", "holds", box=None)
    for name, verdict in summary.invariants.items():
        table.add_row(name, _MARKS[verdict] if isinstance(verdict, bool) else verdict)
    return table


def _pairs(numbers: object) -> str:
    assert isinstance(numbers, dict)
    return ", ".join(f"{name.replace('_', ' ')} {number}" for name, number in numbers.items())
