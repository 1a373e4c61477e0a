"""`langnghe units`: the dated map, loaded and looked up; `units_change.py` changes it."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from deploy.cli.commands import units_change
from deploy.cli.output import Json, print_json, say
from deploy.cli.problems import Problem
from shared.local_time import LOCAL

if TYPE_CHECKING:
    from deploy.local.installation import Installation
    from shared.units import Succession, Unit, UnitMap


def register(app: typer.Typer) -> None:
    group = typer.Typer(help="The dated map of the country's units.", no_args_is_help=True)
    group.command("load")(load)
    group.command("show")(show)
    group.command("lineage")(lineage)
    units_change.register(group)
    app.add_typer(group, name="units")


On = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], metavar="DATE", help="The day; today by default.")
]
KnownAt = Annotated[
    int | None, typer.Option(min=1, metavar="VERSION", help="The map as it was known at a version.")
]


def load() -> None:
    """Load the committed map into routing, which announces it to the others. Harmless when repeated."""
    from deploy.cli.place import as_owner, installation, run
    from services.routing.use_cases.load_map import Diverged, load_map

    try:
        written, newest = run(as_owner(installation(), "routing", load_map))
    except Diverged as diverged:
        raise Problem(f"{diverged} (bring what is new by: langnghe units import)") from diverged
    say(f"{written} changes written; the map is at version {newest}")


def show(
    code: Annotated[str, typer.Argument(help="Official code (24, 09193), or our own id.")],
    on: On = None,
    known_at: KnownAt = None,
    json: Json = False,
) -> None:
    """Show the units that held a code on a day: where they lie, what they came from and what they became.

    A code is not an identity: on another day it may be another unit's.
    """
    units, day, found = _found(code, on, known_at)
    described = [_described(units, unit, day) for unit in found]
    if json:
        print_json(described)
        return
    for facts in described:
        _print(facts)


def lineage(
    code: Annotated[str, typer.Argument(help="Official code (24, 09193), or our own id.")],
    on: On = None,
    known_at: KnownAt = None,
    json: Json = False,
) -> None:
    """Show all that was ever recorded of the units that held a code on a day, with the documents behind it.

    Rows that a later version replaced are shown too: nothing on the map is overwritten.
    """
    units, _, found = _found(code, on, known_at)
    told = [_lineage(units, unit) for unit in found]
    if json:
        print_json(told)
        return
    for facts in told:
        say(f"{facts['name']} ({facts['code']}, {facts['id']})")
        for row in facts["rows"]:
            until = row["valid_to"] or "now"
            gone = f", replaced by version {row['replaced']}" if row["replaced"] else ""
            when = f"{row['valid_from']} to {until}"
            say(f"  {when}: {row['name']} ({row['code']}), version {row['version']}{gone}")
            say(f"    {row['title']}: {row['document']}")
        _print_edges(facts)


def _lineage(units: "UnitMap", unit: "Unit") -> dict[str, Any]:
    return {
        **_short(unit),
        "rows": [
            {
                **_short(belief.unit),
                "valid_from": belief.unit.valid_from,
                "valid_to": belief.unit.valid_to,
                "version": belief.unit.recorded,
                "replaced": belief.replaced,
                "title": units.change(belief.unit.recorded).title,
                "document": units.change(belief.unit.recorded).legal_basis,
            }
            for belief in units.beliefs(unit.id)
        ],
        **_edges(units, unit, date.max),
    }


def _found(code: str, on: datetime | None, known_at: int | None) -> "tuple[UnitMap, date, list[Unit]]":
    """The map as it was known, the day, and the units that bear the code on it; a former unit by its id."""
    from deploy.cli.place import installation, run

    day = on.date() if on else datetime.now(LOCAL).date()
    units = run(_map(installation()))
    if not units.version:
        raise Problem("the map is not loaded (load it: langnghe units load)")
    if known_at is not None:
        if known_at > units.version:
            raise Problem(f"the map is at version {units.version}; there is no {known_at}")
        units = units.known_at(known_at)
    found = [unit for unit in units.units(day) if code in (unit.code, unit.id)]
    former = units.last(code)
    if not found and former is not None:
        found = [former]
    if not found:
        raise Problem(f"no unit holds {code} on {day} (another day: --on)")
    return units, day, found


async def _map(where: "Installation") -> "UnitMap":
    from deploy.cli.place import database
    from shared.map_store import MapHolder

    async with database(where, "routing", role="reader") as opened:
        holder = MapHolder(opened)
        await holder.refresh()
        return holder.current


def _described(units: "UnitMap", unit: "Unit", day: date) -> dict[str, Any]:
    chain = (units.unit(unit_id, day) for unit_id in units.path(unit.id, day))
    return {
        **_short(unit),
        "level": unit.level,
        "on": day,
        "valid_from": unit.valid_from,
        "valid_to": unit.valid_to,
        "pilot": unit.pilot,
        "invented": unit.invented,
        "path": [_short(u) for u in chain if u is not None],
        "units_below": len(units.children(unit.id, day)),
        **_edges(units, unit, day),
    }


def _edges(units: "UnitMap", unit: "Unit", day: date) -> dict[str, Any]:
    return {
        "predecessors": [_edge(units, edge, edge.from_id) for edge in units.predecessors(unit.id, day)],
        "successors": [_edge(units, edge, edge.to_id) for edge in units.successors(unit.id, date.max)],
    }


def _edge(units: "UnitMap", edge: "Succession", other: str) -> dict[str, Any]:
    unit = units.last(other)
    return {**(_short(unit) if unit else {"id": other}), "since": edge.effective, "kind": edge.kind}


def _short(unit: "Unit") -> dict[str, Any]:
    from shared.units import full_name

    return {"id": unit.id, "code": unit.code, "name": full_name(unit)}


def _print(facts: dict[str, Any]) -> None:
    until = f" until {facts['valid_to']}" if facts["valid_to"] else ""
    marks = "".join(f", {mark}" for mark in ("pilot", "invented") if facts[mark])
    say(f"{facts['name']} ({facts['code']}, {facts['id']}): {facts['level']}{marks}")
    say(f"  valid from {facts['valid_from']}{until}; {facts['units_below']} units directly below")
    say("  lies in:    " + " > ".join(f"{u['name']} ({u['code']})" for u in facts["path"]))
    _print_edges(facts)


def _print_edges(facts: dict[str, Any]) -> None:
    for label, edges in (("came from", facts["predecessors"]), ("became", facts["successors"])):
        for edge in edges:
            say(
                f"  {label + ':':11} {edge.get('name', '')} ({edge.get('code', edge['id'])}), "
                f"{edge['kind']}, {edge['since']}"
            )
