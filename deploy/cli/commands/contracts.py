"""`langnghe contracts`: the events' schemas, examples and page, generated from the models."""

import typer

from deploy.cli.output import say
from deploy.cli.problems import Problem


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The events' JSON Schemas, golden examples and docs/events.md.")
    group.command("check")(check)
    group.command("write")(write)
    app.add_typer(group, name="contracts")


def check() -> None:
    """Say which generated files are not as the models are; change nothing."""
    from deploy.cli import contracts

    stale = contracts.stale()
    for path in stale:
        say(f"not as the models are: {path.relative_to(contracts.ROOT)}")
    if stale:
        raise Problem("run: langnghe contracts write")
    say("every schema, every example and the page are as the models are")


def write() -> None:
    """Write what differs; refused when a change is not additive within its major version."""
    from deploy.cli import contracts

    try:
        changed = contracts.write()
    except contracts.BreakingChange as error:
        raise Problem(f"not additive, needs a new major version: {error}") from error
    for path in changed:
        say(f"written: {path.relative_to(contracts.ROOT)}")
    if not changed:
        say("nothing to write")
