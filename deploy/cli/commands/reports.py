"""`langnghe reports`: intake says its reports again."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.cli.output import say

if TYPE_CHECKING:
    from deploy.local.installation import Installation


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="Reports, as intake holds them.", no_args_is_help=True)
    group.command("announce")(announce)
    app.add_typer(group, name="reports")


def announce(
    older_than: Annotated[
        float, typer.Option(min=0, help="Minutes since they came in: younger ones may be on their way.")
    ] = 10,
) -> None:
    """Announce again every accepted report that has no case, and what reporters said of answers to no effect.

    For events that Kafka lost (a power cut, a topic that was deleted) before routing had read them. Who has a
    report already takes it for a duplicate; an erased one is said without its words.
    """
    from deploy.cli.place import installation, run

    reports, said = run(_announce(installation(), timedelta(minutes=older_than)))
    say(f"{reports} reports and {said} words on answers announced; intake's relay hands them on")


async def _announce(where: "Installation", older_than: timedelta) -> tuple[int, int]:
    from deploy.cli.place import database
    from services.intake.use_cases.announce_reports import announce_feedback, announce_reports

    async with database(where, "intake") as opened:
        reports = sum([n async for n in announce_reports(opened, older_than)])
        return reports, sum([n async for n in announce_feedback(opened, older_than)])
