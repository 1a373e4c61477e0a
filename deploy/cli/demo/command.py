"""The command `langnghe demo`."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def demo(
        once: Annotated[bool, typer.Option("--once", help="Stop after the summary.")] = False,
        json_file: Annotated[
            Path | None, typer.Option("--json", metavar="FILE", help="Also write the summary as JSON.")
        ] = None,
        data: Annotated[
            Path | None,
            typer.Option("--data", help="A folder of the demo's own, emptied first. [default: .data/demo]"),
        ] = None,
    ) -> None:
        """Show everything at work on this machine: from a resident's report to the officer's mailbox.

        Starts a real Kafka, a real PostgreSQL and the four services, submits the sample reports through
        three doors, waits until each is routed, counted and notified, checks every invariant, prints what
        became of it, and stays up with the pages until Ctrl-C. Ends with 1 if an invariant does not hold or
        something was lost.
        """
        from deploy.cli.demo.run import run
        from deploy.local.stack import default_data_dir

        raise typer.Exit(run(data or default_data_dir() / "demo", once=once, json_file=json_file))
