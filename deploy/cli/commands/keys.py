"""`langnghe keys`: the key-encryption keys under which intake seals."""

from collections import Counter
from typing import TYPE_CHECKING

import typer

from deploy.cli.output import say
from deploy.cli.problems import Problem

if TYPE_CHECKING:
    from deploy.local.installation import Installation


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The key-encryption keys under which intake seals.", no_args_is_help=True)
    group.command("rewrap")(rewrap)
    app.add_typer(group, name="keys")


def rewrap() -> None:
    """Put everything that is sealed under a former key under the present one.

    To change the key: start intake with a new LANGNGHE_INTAKE_KEK (a local installation keeps it as "kek"
    in secrets.json of its data folder), a new LANGNGHE_INTAKE_KEK_ID, and the old key among
    LANGNGHE_INTAKE_FORMER_KEKS ({"kek-1": "<base64>"}); run this with the same; then take the old key away.
    """
    from deploy.cli.place import installation, run

    done, unopened = run(_rewrap(installation()))
    for kind, n in done.items():
        say(f"{n} {kind} rewrapped")
    if left := {kind: n for kind, n in unopened.items() if n}:
        said = ", ".join(f"{n} {kind}" for kind, n in left.items())
        raise Problem(f"no key opens {said}: name the key that sealed them in LANGNGHE_INTAKE_FORMER_KEKS")
    say("everything is under the present key; a former one may be taken away")


async def _rewrap(where: "Installation") -> tuple[Counter[str], Counter[str]]:
    from deploy.cli.owners import intake_keys
    from deploy.cli.place import database
    from services.intake.use_cases.rewrap import rewrap_all

    ring = intake_keys(where).ring
    done: Counter[str] = Counter()
    unopened: Counter[str] = Counter()
    async with database(where, "intake") as opened:
        async for batch in rewrap_all(opened, ring):
            done[batch.kind] += batch.done
            unopened[batch.kind] += batch.unopened
    return done, unopened
