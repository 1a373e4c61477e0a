"""`langnghe cases`: routing says its cases again."""

from typing import TYPE_CHECKING

import typer

from deploy.cli.output import say

if TYPE_CHECKING:
    from deploy.local.installation import Installation


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Cases, as routing holds them.", no_args_is_help=True)
    group.command("announce")(announce)
    app.add_typer(group, name="cases")


def announce() -> None:
    """Announce a snapshot of every case at its current version.

    For a projection that starts when retention has run out, or that was restored from a backup. Who has a
    case's version already takes its snapshot for a duplicate.
    """
    from deploy.cli.place import installation, run

    say(f"{run(_announce(installation()))} cases announced; routing's relay hands them on")


async def _announce(where: "Installation") -> int:
    from deploy.cli.place import database
    from services.routing.use_cases.announce_cases import announce_cases

    async with database(where, "routing") as opened:
        return sum([n async for n in announce_cases(opened)])
