"""`langnghe recipients`: who is told."""

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from deploy.cli.output import Json, print_json, say
from deploy.cli.problems import Problem

if TYPE_CHECKING:
    from services.notify.use_cases.load_recipients import Loaded
    from shared.database import Database

_NEEDED = {"id", "body", "channel", "address"}


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The recipients of notifications.", no_args_is_help=True)
    group.callback()(_recipients)
    group.command("load")(load)
    app.add_typer(group, name="recipients")


def _recipients() -> None:
    """Keeps `load` a command of its own while it is the only one."""


def load(
    sheet: Annotated[Path, typer.Argument(metavar="FILE.csv", exists=True, dir_okay=False, readable=True)],
    json: Json = False,
) -> None:
    """Write recipients from a sheet, by their id; the same sheet twice changes nothing.

    UTF-8, with a first row of column names: id, body, channel (email, webhook), address; and where wanted
    secret_id (webhooks), policy (digest, at_once, urgent_only), active (1, 0), language (vi, en). A bad row
    refuses itself only and is named by number and column; then the exit status is 1.
    """
    from deploy.cli.place import as_owner, installation, run
    from services.notify.use_cases.load_recipients import load_recipients

    rows = _rows(sheet)

    async def write(opened: "Database") -> "Loaded":
        return await load_recipients(opened, rows)

    loaded = run(as_owner(installation(), "notify", write))
    if json:
        refused = [{"row": r.row, "column": r.column} for r in loaded.refused]
        print_json({"rows": len(rows), "changed": loaded.changed, "refused": refused})
    else:
        say(f"{len(rows)} rows, {loaded.changed} new or different, {len(loaded.refused)} refused")
        for refused_row in loaded.refused:
            say(f"  row {refused_row.row}: {refused_row.column}")
    raise typer.Exit(1 if loaded.refused else 0)


def _rows(sheet: Path) -> list[dict[str, str]]:
    try:
        with sheet.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="")
            if missing := _NEEDED - set(reader.fieldnames or ()):
                raise Problem(f"{sheet}: the first row has no column {', '.join(sorted(missing))}")
            return [{name: cell for name, cell in row.items() if name is not None} for row in reader]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Problem(f"{sheet} is not a CSV sheet in UTF-8: {error}") from error
