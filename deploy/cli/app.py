"""The command line put together: one registration a group of commands, in the order of the help page.

A group's module (or package) has `register(app)`, which adds its commands. It imports what is heavy inside
its commands, so that `langnghe --help` stays quick.
"""

from collections.abc import Callable

import typer

from deploy.cli import bench, demo
from deploy.cli.commands import (
    cases,
    check,
    contracts,
    dead_letters,
    evaluate,
    keys,
    positions,
    predict,
    recipients,
    replay,
    reports,
    sources,
    system,
    topics,
    trace,
    train,
    units,
    verify,
)
from deploy.cli.problems import TellingGroup

REGISTRATIONS: tuple[Callable[[typer.Typer], None], ...] = (
    demo.register,
    bench.register,
    system.register,
    check.register,
    verify.register,
    positions.register,
    trace.register,
    dead_letters.register,
    topics.register,
    units.register,
    replay.register,
    sources.register,
    keys.register,
    recipients.register,
    reports.register,
    cases.register,
    predict.register,
    train.register,
    evaluate.register,
    contracts.register,
)

app = typer.Typer(
    name="langnghe",
    cls=TellingGroup,
    help="Lắng Nghe: a province hears its residents. Data is kept under .data, or where LANGNGHE_DATA says. "
    "Exit status: 0 fine, 1 something is wrong, 2 the command was used wrongly.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


@app.callback()
def _langnghe() -> None:
    """Makes every command a subcommand, however many are registered."""


for register in REGISTRATIONS:
    register(app)
