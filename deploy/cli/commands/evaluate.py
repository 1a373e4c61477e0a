"""`langnghe evaluate`: how well routing understands labelled reports."""

from pathlib import Path
from typing import Annotated

import typer

from deploy.cli.output import say


def register(app: typer.Typer) -> None:
    app.command("evaluate")(evaluate)


def evaluate(
    write: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Keep the page there (make evaluate: docs/evaluation.md)."),
    ] = None,
) -> None:
    """Score routing's decisions on labelled reports that it was not taught with, and print the table.

    Needs scikit-learn, one of the tools of development: ten models are trained, each without a tenth.
    """
    from deploy.cli.evaluate.page import page
    from deploy.cli.evaluate.run import evaluate as run
    from deploy.cli.predicting import standard_basis

    told = page(run(standard_basis(), say))
    say(told)
    if write is not None:
        write.write_text(told)
        say(f"written: {write}")
