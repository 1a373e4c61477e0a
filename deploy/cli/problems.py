"""How a command says that something is wrong: it raises Problem, and the operator reads one plain line."""

from typing import Any

import typer
from typer.core import TyperGroup


class Problem(Exception):
    """Something that the operator must know or mend; the message says what, and what to do about it."""


class TellingGroup(TyperGroup):
    """Turns a Problem of any command below into a line on standard error and exit status 1."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except Problem as problem:
            typer.secho(f"langnghe: {problem}", fg=typer.colors.RED, err=True)
            raise typer.Exit(1) from problem
