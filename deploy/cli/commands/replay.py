"""`langnghe replay` and `langnghe rules`: other rules tried on the past, and the rules that ever decided."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.cli.output import Json, print_json, print_table, say
from deploy.cli.problems import Problem

if TYPE_CHECKING:
    from deploy.local.installation import Installation
    from services.routing.domain.ruleset import Rules
    from services.routing.domain.shadow import Group, Tally
    from services.routing.store.rules import Taken
    from shared.units import UnitMap

_MOST = 60
Folder = Annotated[Path, typer.Option("--rules", help="The folder of rule files to try.", file_okay=False)]
Since = Annotated[
    datetime, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="The first report date that is tried.")
]


def register(app: typer.Typer) -> None:
    app.command("replay")(replay)
    group = typer.Typer(help="The dated rules that decide.", no_args_is_help=True)
    group.command("check")(check)
    group.command("list")(versions)
    group.command("show")(show)
    app.add_typer(group, name="rules")


def replay(rules: Folder, since: Since, json: Json = False) -> None:
    """Decide the stored past again by other rules and say who would have got what instead. Writes nothing.

    Compared with how each case was opened, on the map known now. Cases of erased reporters have no text and
    are only counted. Coordinates count as they did then; older cases, whose were not kept, go without.
    """
    from deploy.cli.place import installation, run

    loaded = _load(rules)
    tally, units = run(_replay(installation(), loaded, since.date()))
    named = [(*_named(group, units), count) for group, count in _ordered(tally)]
    if json:
        print_json(_described(tally, loaded.version, named))
        return
    say(f"{loaded.version}: {tally.decided} cases decided again, {tally.changed} would have been otherwise")
    if tally.erased:
        say(f"{tally.erased} cases of erased reporters have no text to decide on")
    if tally.broken:
        say(f"{tally.broken} reports break a decision by these rules")
    columns = ("category", "unit", "what", "was", "would be", "cases")
    print_table(columns, named[:_MOST], empty="nothing would have been otherwise")
    if len(named) > _MOST:
        say(f"and {len(named) - _MOST} more groups (all of them: --json)")


def check(
    folder: Annotated[Path, typer.Argument(help="The folder of rule files to check.", file_okay=False)],
) -> None:
    """Check rule files as routing does before it takes them over: the first fault, with file and line."""
    say(f"{_load(folder).version}: nothing contradicts itself")


def versions(json: Json = False) -> None:
    """List every version of the rules that ever decided here, and since when."""
    from deploy.cli.place import installation, run

    found = run(_versions(installation()))
    if json:
        print_json([taken._asdict() for taken in found])
    else:
        print_table(("version", "taken over"), found, empty="no rules have decided here")


def show(
    version: Annotated[str, typer.Argument(help="As a case names it: rules-...")],
    file: Annotated[str | None, typer.Argument(help="One file of it; its files are listed without.")] = None,
) -> None:
    """Print the text of rules that decided here once, as it was."""
    from deploy.cli.place import installation, run

    files = run(_files(installation(), version))
    if files is None:
        raise Problem(f"{version} never decided here (those that did: langnghe rules list)")
    if file is None:
        for name in files:
            say(name)
        return
    if file not in files:
        raise Problem(f"{version} has no {file}")
    for line in files[file].decode().splitlines():
        say(line)


def _load(folder: Path) -> "Rules":
    from services.routing.rules import RulesError, load

    try:
        return load(folder)
    except RulesError as error:
        raise Problem(f"refused: {error}") from error


async def _replay(where: "Installation", rules: "Rules", since: date) -> "tuple[Tally, UnitMap]":
    from deploy.cli.owners import told
    from deploy.cli.place import database
    from services.routing.settings import Settings
    from services.routing.use_cases.basis import make
    from services.routing.use_cases.replay import replay as decide_again
    from shared.map_store import MapHolder

    home = Settings.model_validate(told(where, "routing")).home_province
    async with database(where, "routing", role="reader") as opened:
        holder = MapHolder(opened)
        await holder.refresh()
        if not holder.current.version:
            raise Problem("the map is not loaded (load it: langnghe units load)")
        basis = make(rules, holder.current, home)
        async with (
            opened.connection() as connection,
            connection.transaction(isolation="repeatable_read", readonly=True),
        ):
            return await decide_again(connection, basis, since), holder.current


async def _versions(where: "Installation") -> "list[Taken]":
    from deploy.cli.place import database
    from services.routing.store import rules

    async with database(where, "routing", role="reader") as opened, opened.connection() as connection:
        return await rules.versions(connection)


async def _files(where: "Installation", version: str) -> dict[str, bytes] | None:
    from deploy.cli.place import database
    from services.routing.store import rules

    async with database(where, "routing", role="reader") as opened, opened.connection() as connection:
        return await rules.files(connection, version)


def _ordered(tally: "Tally") -> "list[tuple[Group, int]]":
    """The groups with the most cases first."""
    return sorted(tally.groups.items(), key=lambda pair: (-pair[1], *map(str, pair[0])))


def _named(group: "Group", units: "UnitMap") -> tuple[str | None, ...]:
    """The group with names in place of units' ids."""

    def name(value: str | None) -> str | None:
        from shared.units import full_name

        kind, at, seat = (value or "").rpartition("@")
        unit = units.last(seat)
        return value if unit is None else f"{kind}{at}{full_name(unit)}"

    placed = group.field == "unit" or group.field.endswith("_owner")
    values = (group.was, group.now)
    was, now = map(name, values) if placed else values
    return group.category, name(group.unit), group.field, was, now


def _described(tally: "Tally", version: str, named: list[Any]) -> dict[str, Any]:
    keys = ("category", "unit", "field", "was", "now", "cases")
    return {
        "rules": version,
        "decided": tally.decided,
        "changed": tally.changed,
        "erased": tally.erased,
        "broken": tally.broken,
        "groups": [dict(zip(keys, row, strict=True)) for row in named],
    }
