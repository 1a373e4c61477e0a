"""`langnghe check`: does every invariant hold?"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.cli.output import Json, print_json, say

if TYPE_CHECKING:
    from deploy.cli.checker import Report

Canaries = Annotated[
    Path | None,
    typer.Option(help="For I10: a file with one planted string a line.", exists=True, dir_okay=False),
]
Logs = Annotated[
    Path | None,
    typer.Option(help="For I10: the folder of the services' logs.", exists=True, file_okay=False),
]


def register(app: typer.Typer) -> None:
    app.command("check")(check)


def check(canaries: Canaries = None, logs: Logs = None, json: Json = False) -> None:
    """Read Kafka and PostgreSQL and say of each invariant I1-I10 whether it holds.

    Ask when all is quiet: while events are on their way, I1, I4, I7 and I9 are rightly false. Exits with 1
    if one is false; offenders are named.
    """
    from deploy.cli.checker import Planted
    from deploy.cli.checker import check as check_all
    from deploy.cli.place import installation, run

    where = installation()
    lines = canaries.read_text(encoding="utf-8").splitlines() if canaries else []
    planted = Planted([line for line in lines if line.strip()], logs)
    report = run(check_all(where.dsn("reader"), where.bootstrap, planted=planted))
    if json:
        print_json(report.as_json())
    else:
        _print(report)
    raise typer.Exit(0 if report.holds else 1)


def _print(report: "Report") -> None:
    for name, result in report.results.items():
        say(f"{name}: {str(result.verdict).lower()}" + (f" ({result.note})" if result.note else ""))
        for culprit in result.offending:
            say(f"    {culprit}")
