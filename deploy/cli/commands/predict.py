"""`langnghe predict`: what routing makes of reports in a file."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.output import say
from deploy.cli.problems import Problem


def register(app: typer.Typer) -> None:
    app.command("predict")(predict)


def predict(
    reports: Annotated[
        Path,
        typer.Argument(
            metavar="IN.jsonl", help="Reports: id, channel, text, place_hint, reporter_unit, submitted_at."
        ),
    ],
    out: Annotated[Path, typer.Argument(metavar="OUT.jsonl", help="Where the findings are written.")],
) -> None:
    """Decide on every report of a file by the delivered rules, map and model, and do nothing else.

    Each line: category, severity, legal_kind, unit (official code that day, null when unsure), candidates,
    level, accused, incident. Lines that are no report are named by their number; the others are decided.
    """
    import orjson

    from deploy.cli.predicting import decided, rows, standard_basis
    from deploy.cli.samples import Line, Refused, lines

    try:
        read = list(lines(reports))
    except OSError as error:
        raise Problem(f"{reports}: {error.strerror}") from error
    basis = standard_basis()
    told = [(line.id, line.report()) for line in read if isinstance(line, Line)]
    found = rows(decided(told, basis), basis)
    try:
        out.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in found))
    except OSError as error:
        raise Problem(f"{out}: {error.strerror}") from error
    refused = [line for line in read if isinstance(line, Refused)]
    for line in refused:
        say(f"line {line.number} refused: {line.reason}")
    say(f"{len(found)} reports decided by {basis.rules.version}, written to {out}")
    if refused:
        raise Problem(f"{len(refused)} lines of {reports} are no reports")
