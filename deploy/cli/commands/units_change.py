"""`langnghe units change` and `units import`: changes of the map, by hand or from a sheet."""

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from deploy.cli.output import Json, print_json, say
from deploy.cli.problems import Problem

if TYPE_CHECKING:
    from services.routing.map.asked import Asked, AskedPart
    from services.routing.use_cases.change_map import Entered
    from shared.database import Database

_COLUMNS = (
    *("kind", "effective", "document", "units", "target", "name", "type", "code", "parent", "pilot"),
    *("parts", "children"),
)
_NEEDED = ("kind", "effective", "document", "units")
_TRUTH = {"": None, "1": True, "0": False}
_PART = "share|unit|name|type|code"
DryRun = Annotated[bool, typer.Option("--dry-run", help="Only tell what would change.")]
By = Annotated[str, typer.Option(help="Who enters it.", metavar="NAME")]


def register(group: typer.Typer) -> None:
    group.command("change")(change)
    group.command("import")(import_)


def change(  # noqa: PLR0917 - a command's options are its parameters
    kind: Annotated[str, typer.Argument(help="create, rename, retype, merge, split, abolish or pilot.")],
    effective: Annotated[str, typer.Option(metavar="DATE", help="The day from which it holds.")],
    document: Annotated[str, typer.Option(help="The legal document that decides it.")],
    by: By,
    unit: Annotated[list[str] | None, typer.Option(help="What it changes: id or code; repeatable.")] = None,
    target: Annotated[str, typer.Option(help="The unit that takes others in.")] = "",
    name: Annotated[str, typer.Option(help="Of the new unit, or the new name.")] = "",
    type_: Annotated[str, typer.Option("--type", help="xa, phuong, thon, to_dan_pho...")] = "",
    code: Annotated[str, typer.Option(help="Official code of a new unit; none for a hamlet.")] = "",
    parent: Annotated[str, typer.Option(help="The unit above a new one.")] = "",
    pilot: Annotated[bool | None, typer.Option("--pilot/--no-pilot", help="With the kind pilot.")] = None,
    part: Annotated[list[str] | None, typer.Option(help=f"Of a split: {_PART}; repeatable.")] = None,
    child: Annotated[list[str] | None, typer.Option(help="Of a split: CODE=NUMBER of its part.")] = None,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Change the map: recorded under a version of its own and announced; open cases follow by its date."""
    from services.routing.map.asked import Asked

    asked = Asked(
        kind=kind,
        effective=effective,
        document=document,
        by=by,
        units=unit or (),
        target=target,
        name=name,
        type=type_,
        code=code,
        parent=parent,
        pilot=pilot,
        parts=[_part(told) for told in part or ()],
        children=_children(child or ()),
    )
    _enter([asked], dry_run=dry_run, json=json, rows=False)


def import_(
    sheet: Annotated[Path, typer.Argument(metavar="FILE.csv", exists=True, dir_okay=False, readable=True)],
    by: By,
    dry_run: DryRun = False,
    json: Json = False,
) -> None:
    """Make all changes of a sheet, in its order, or none: a map is never changed by half.

    UTF-8, with a first row of column names: kind, effective, document, units (ids or codes, by ";"); and
    where the kind needs them target, name, type, code, parent, pilot (1, 0), parts (by ";", each
    share|unit|name|type|code) and children (CODE=NUMBER of its part, by ";"). A later row may name what an
    earlier one made.
    """
    _enter(_read(sheet, by), dry_run=dry_run, json=json, rows=True)


def _read(sheet: Path, by: str) -> "list[Asked]":
    try:
        with sheet.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, restval="", strict=True)
            named = reader.fieldnames or ()
            if missing := [name for name in _NEEDED if name not in named]:
                raise Problem(f"{sheet}: the first row has no column {', '.join(missing)}")
            if strange := [name for name in named if name not in _COLUMNS]:
                raise Problem(f"{sheet}: there is no column {', '.join(strange)}")
            asked = [_row(number, row, by) for number, row in enumerate(reader, start=2)]
    except (UnicodeDecodeError, csv.Error) as error:
        raise Problem(f"{sheet} is not a CSV sheet in UTF-8: {error}") from error
    if not asked:
        raise Problem(f"{sheet} holds no change")
    return asked


def _row(number: int, row: dict[str | None, Any], by: str) -> "Asked":
    from services.routing.map.asked import Asked

    if None in row:
        raise Problem(f"row {number}: more cells than columns; nothing was written")
    cells = {str(name): cell.strip() for name, cell in row.items()}
    try:
        pilot = _TRUTH[cells.pop("pilot", "")]
        parts = [_part(told) for told in _several(cells.pop("parts", ""))]
        children = _children(_several(cells.pop("children", "")))
    except KeyError:
        raise Problem(f"row {number}: pilot: 1 or 0; nothing was written") from None
    except Problem as problem:
        raise Problem(f"row {number}: {problem}; nothing was written") from None
    units = _several(cells.pop("units"))
    return Asked(**cells, by=by, units=units, pilot=pilot, parts=parts, children=children)


def _several(cell: str) -> list[str]:
    return [piece.strip() for piece in cell.split(";") if piece.strip()]


def _part(told: str) -> "AskedPart":
    from services.routing.map.asked import AskedPart

    fields = [piece.strip() for piece in told.split("|")]
    if len(fields) != len(_PART.split("|")):
        raise Problem(f"parts: {told} is not of the form {_PART}")
    return AskedPart(*fields)


def _children(told: Sequence[str]) -> dict[str, int]:
    """CODE=NUMBER, parts counted from 1."""
    pairs = [piece.partition("=") for piece in told]
    if bad := [name for name, _, number in pairs if not number.isdecimal() or not int(number)]:
        raise Problem(f"children: {bad[0]} needs the number of a part, from 1")
    return {name.strip(): int(number) - 1 for name, _, number in pairs}


def _enter(asked: "Sequence[Asked]", *, dry_run: bool, json: bool, rows: bool) -> None:
    from deploy.cli.place import as_owner, installation, run
    from services.routing.use_cases.change_map import MapRefused

    async def work(opened: "Database") -> "list[Entered]":
        return await _make(opened, asked, dry_run=dry_run)

    try:
        entered = run(as_owner(installation(), "routing", work))
    except MapRefused as refused:
        at = f"row {refused.row + 2}: " if rows else ""
        raise Problem(f"{at}{_why(refused)}; nothing was written") from None
    if json:
        print_json([_facts(done, recorded=not dry_run) for done in entered])
        return
    for number, done in enumerate(entered, start=2):
        _print(done, f"row {number}: " if rows else "")
    say(f"{len(entered)} changes would be recorded" if dry_run else f"{len(entered)} changes recorded")


async def _make(opened: "Database", asked: "Sequence[Asked]", *, dry_run: bool) -> "list[Entered]":
    import uuid_utils

    from services.routing.use_cases.change_map import change_map, preview
    from shared.map_store import MapHolder

    holder = MapHolder(opened)
    await holder.refresh()
    if not holder.current.version:
        raise Problem("the map is not loaded (load it: langnghe units load)")
    named = [(one, UUID(bytes=uuid_utils.uuid7().bytes)) for one in asked]
    if dry_run:
        return await preview(opened, holder.current, named)
    return await change_map(opened, holder, named)


def _why(refused: Any) -> str:
    from services.routing.problems import TEXTS
    from services.routing.views.map_change import field_error
    from shared.web.catalogue import BASE_TEXTS, Catalogue

    texts = Catalogue.load(BASE_TEXTS, TEXTS)
    errors = [field_error(fault, texts) for fault in refused.faults]
    return "; ".join(f"{error.field}: {error.said['en']}" for error in errors)


def _facts(done: "Entered", *, recorded: bool) -> dict[str, Any]:
    from services.routing.views.map_change import effects, moving

    moved, asked = moving(done)
    return {
        "map_version": done.change.map_version,
        "recorded": recorded,
        "title": done.change.title,
        "effective": done.change.effective,
        "document": done.change.legal_basis,
        "units": [{"unit": e.unit, "kind": e.kind, **_named(e)} for e in effects(done)],
        "cases_moving": moved,
        "cases_asked": asked,
    }


def _named(effect: Any) -> dict[str, Any]:
    from shared.units import full_name

    return {
        side: None if row is None else {"name": full_name(row), "code": row.code, "parent": row.parent}
        for side, row in (("was", effect.was), ("now", effect.now))
    }


def _print(done: "Entered", at: str) -> None:
    facts = _facts(done, recorded=False)
    when = f"from {facts['effective']} ({facts['document']})"
    say(f"{at}{facts['title']}, {when}: version {facts['map_version']}")
    for unit in facts["units"]:
        was, now = unit["was"], unit["now"]
        shown = now or was
        line = f"  {unit['kind']:8}{shown['name']} ({shown['code']}, {unit['unit']})"
        if was and now and (was["name"], was["code"]) != (now["name"], now["code"]):
            line += f", until then {was['name']} ({was['code']})"
        if was and now and was["parent"] != now["parent"]:
            line += f", comes below {now['parent']}"
        say(line)
    if facts["cases_moving"] or facts["cases_asked"]:
        say(f"  open cases: {facts['cases_moving']} move, {facts['cases_asked']} wait for a person's choice")
