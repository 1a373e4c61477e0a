"""`plan(wanted, map) -> MapChange | faults`: the one way to a change of the map. Pure."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from services.routing.domain.map_changes.checks import check
from services.routing.domain.map_changes.draft import Draft, Refused, hamlet_type, level_of, record_of
from services.routing.domain.map_changes.hamlets import follow_communes
from services.routing.domain.map_changes.regroup import merge, split
from services.routing.domain.map_changes.titles import title
from services.routing.domain.map_changes.wanted import (
    KIND_OF,
    Abolish,
    Create,
    Fault,
    Mark,
    Merge,
    Rename,
    Retype,
    Split,
    Wanted,
)
from shared.units import LEVELS, MapChange, Unit, UnitMap, full_name

_ABOVE = {"hamlet": ("commune",), "commune": ("province", "district"), "district": ("province",)}


def plan(
    wanted: Wanted, units: UnitMap, change_id: UUID, cases: Mapping[str, int] | None = None
) -> MapChange | tuple[Fault, ...]:
    """The next change of the map, or why it is refused.

    `change_id` names the change: planned again on the same map it is the same, ids and all. `cases`: how many
    cases each unit that would be abolished has, of whatever state.
    """
    draft = Draft(units, wanted.effective, change_id)
    try:
        _draw(wanted, draft, cases or {})
        change = MapChange(
            map_version=units.version + 1,
            kind=KIND_OF[type(wanted)],
            title=title(wanted, units),
            effective=wanted.effective,
            legal_basis=wanted.document,
            units=tuple(draft.rows),
            successions=tuple(draft.edges),
        )
        check(units, change)
        change = follow_communes(units, change)
        check(units, change)
    except Refused as refused:
        return (refused.fault,)
    return change


def _draw(wanted: Wanted, draft: Draft, cases: Mapping[str, int]) -> None:
    match wanted:
        case Create():
            _create(wanted, draft)
        case Rename():
            draft.amend(wanted.unit, "name", wanted.name)
        case Retype():
            _retype(wanted, draft)
        case Merge():
            merge(wanted, draft)
        case Split():
            split(wanted, draft)
        case Abolish():
            _abolish(wanted, draft, cases)
        case Mark():
            draft.amend(wanted.unit, "pilot", wanted.pilot)


def _create(wanted: Create, draft: Draft) -> None:
    level = level_of(wanted.new.type)
    if level == "province":
        if wanted.parent is not None:
            raise Refused("parent", "province_parent")
        draft.add(wanted.new, None, invented=False)
        return
    if wanted.parent is None:
        raise Refused("parent", "needed")
    parent = draft.standing(wanted.parent, "parent")
    check_above(level, parent)
    draft.add(wanted.new, parent.id, invented=False)


def check_above(level: str, parent: Unit) -> None:
    """A hamlet lies in a commune, a commune in a province (or a district, while there were any)."""
    if parent.level not in _ABOVE[level]:
        raise Refused("parent", "wrong_level", unit=full_name(parent))


def _retype(wanted: Retype, draft: Draft) -> None:
    level = level_of(wanted.type)
    draft.amend(wanted.unit, "type", wanted.type)
    row = draft.standing(wanted.unit, "unit")
    if level != row.level:
        raise Refused("type", "wrong_level", unit=full_name(row))
    if row.level == LEVELS[2]:
        _retype_below(row, wanted, draft)


def _retype_below(row: Unit, wanted: Retype, draft: Draft) -> None:
    """The hamlets follow: those of that day, and those that began before the commune's type turned again."""
    turned_again = (
        later.valid_from
        for later in draft.units.history(row.id)
        if later.valid_from > wanted.effective and later.type != row.type
    )
    until = next(turned_again, date.max)
    for unit_id in draft.units.ever_children(row.id):
        for child in draft.units.history(unit_id):
            turned = hamlet_type(wanted.type, child.type)
            here = child.parent == row.id and turned != child.type
            if here and child.valid_at(wanted.effective):
                draft.spread(child, type=turned)
            elif here and wanted.effective < child.valid_from < until and draft.untouched(child):
                draft.put(replace(record_of(child), type=turned))


def _abolish(wanted: Abolish, draft: Draft, cases: Mapping[str, int]) -> None:
    row = draft.living(wanted.unit, "unit")
    below = draft.units.children(row.id, wanted.effective)
    if below:
        raise Refused("unit", "has_units", unit=full_name(row), n=str(len(below)))
    if cases.get(row.id):
        raise Refused("unit", "has_cases", unit=full_name(row), n=str(cases[row.id]))
    draft.end(row)
