"""What must hold of the map after a change; the rows that it would break name what is refused."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from services.routing.domain.map_changes.draft import Refused
from shared.units import MapChange, Succession, Unit, UnitMap, full_name


def check(before: UnitMap, change: MapChange) -> UnitMap:
    """The map after the change. Raises Refused: a unit would be left without a unit above it for a while, or
    would have taken others in after its own end; two would hold a code at once, or two of one name and type
    would lie side by side."""
    try:
        after = before.apply(change)
    except ValueError as error:
        raise Refused("effective", "contradiction", why=str(error)) from None
    touched = {row.id for row in change.units}
    near = touched.union(*(after.ever_children(unit_id) for unit_id in touched))
    known = {(row.id, row.parent, row.valid_from) for row in orphaned(before, near)}
    for row in orphaned(after, near):
        if (row.id, row.parent, row.valid_from) not in known:
            raise Refused("effective", "orphan", unit=full_name(row))
    for unit_id in sorted(touched):
        _own_past(before, after, unit_id)
        _own_code(before, after, unit_id)
        _own_name(before, after, unit_id)
    return after


def orphaned(units: UnitMap, ids: Iterable[str]) -> Iterator[Unit]:
    """The rows whose parent is not there through the whole of their period."""
    for unit_id in sorted(ids):
        for row in units.history(unit_id):
            if row.parent is not None and not _covered(units.history(row.parent), row):
                yield row


def _covered(above: Sequence[Unit], row: Unit) -> bool:
    at, until = row.valid_from, row.valid_to or date.max
    for parent in above:
        if parent.valid_from <= at < (parent.valid_to or date.max):
            at = parent.valid_to or date.max
    return at >= until


def _own_past(before: UnitMap, after: UnitMap, unit_id: str) -> None:
    """Nobody becomes a unit that is not there on that day: lineage would end, or go in a circle."""
    known = set(_homeless(before, unit_id))
    for edge in _homeless(after, unit_id):
        if edge not in known:
            raise Refused("effective", "heir", unit=_name(after, unit_id), day=edge.effective.isoformat())


def _homeless(units: UnitMap, unit_id: str) -> Iterator[Succession]:
    for edge in units.predecessors(unit_id, date.max):
        if units.unit(unit_id, edge.effective) is None:
            yield edge


def _own_code(before: UnitMap, after: UnitMap, unit_id: str) -> None:
    known = set(_sharing(before, unit_id))
    for code, other in _sharing(after, unit_id):
        if (code, other) not in known:
            raise Refused("code", "code_taken", code=code, unit=_name(after, other))


def _sharing(units: UnitMap, unit_id: str) -> Iterator[tuple[str, str]]:
    """(code, other unit) where both hold the code on some day."""
    for row in units.history(unit_id):
        for other in units.ever_held(row.level, row.code):
            rows = units.history(other) if other != unit_id else ()
            if any(r.code == row.code and _meet(row, r) for r in rows):
                yield row.code, other


def _own_name(before: UnitMap, after: UnitMap, unit_id: str) -> None:
    known = set(_namesakes(before, unit_id))
    for row, other in _namesakes(after, unit_id):
        if (row, other) not in known:
            raise Refused("name", "name_taken", unit=row)


def _namesakes(units: UnitMap, unit_id: str) -> Iterator[tuple[str, str]]:
    """(full name, other unit) where both lie below the same unit on some day."""
    for row in units.history(unit_id):
        for other in units.ever_children(row.parent) if row.parent else ():
            rows = units.history(other) if other != unit_id else ()
            same = (r for r in rows if (r.type, r.name, r.parent) == (row.type, row.name, row.parent))
            if any(_meet(row, r) for r in same):
                yield full_name(row), other


def _meet(one: Unit, other: Unit) -> bool:
    return one.valid_from < (other.valid_to or date.max) and other.valid_from < (one.valid_to or date.max)


def _name(units: UnitMap, unit_id: str) -> str:
    row = units.last(unit_id)
    return full_name(row) if row else unit_id
