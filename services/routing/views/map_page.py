"""The pages of the map: a unit as of a day and as known then, its history, and what may be done to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

from services.routing.domain.map_changes import KINDS
from services.routing.store.map import Entry
from shared.units import Belief, Succession, Unit, UnitMap, full_name
from shared.web.catalogue import Catalogue
from shared.web.filters import date_vi, datetime_vi


@dataclass(frozen=True, slots=True)
class Look:
    """How the map is looked at: as it was known (`known_at` as it was asked for), on a day."""

    units: UnitMap
    day: date
    known_at: str = ""

    def link(self, unit_id: str) -> str:
        kept = {"unit": unit_id, "as_of": self.day, **({"known_at": self.known_at} if self.known_at else {})}
        return f"/map?{urlencode(kept)}"


def unit_context(
    look: Look, unit_id: str, entries: Mapping[int, Entry], texts: Catalogue, today: date
) -> dict[str, Any]:
    """Context of `map.html` for one unit. Raises LookupError for one that this map does not hold."""
    units, day = look.units, look.day
    row = units.unit(unit_id, day)
    shown = row or units.last(unit_id)
    if shown is None:
        raise LookupError(unit_id)
    above = [units.unit(step, day) for step in units.path(unit_id, day)[1:]]
    return {
        "unit": shown,
        "name": full_name(shown),
        "there": row is not None,
        "above": [(look.link(u.id), full_name(u)) for u in reversed(above) if u is not None],
        "below": [_child(look, child) for child in units.children(unit_id, day)],
        "lives_on": _living(look, unit_id, today),
        "history": [_belief(b, units, entries, texts) for b in units.beliefs(unit_id)],
        "came_from": [_edge(look, e, e.from_id, texts) for e in units.predecessors(unit_id, date.max)],
        "became": [_edge(look, e, e.to_id, texts) for e in units.successors(unit_id, date.max)],
        "actions": _actions(shown, texts) if row is not None and not look.known_at else [],
        "day": day,
        "known_at": look.known_at,
        "version": units.version,
    }


def latest_context(look: Look, entered: Sequence[Entry]) -> list[dict[str, Any]]:
    """The changes that people entered, the newest first; those that this map knows."""
    return [
        {"change": look.units.change(entry.map_version), "by": entry.by, "at": entry.recorded_at}
        for entry in entered
        if entry.map_version <= look.units.version
    ]


def _child(look: Look, unit: Unit) -> dict[str, Any]:
    return {"href": look.link(unit.id), "name": full_name(unit), "unit": unit}


def _living(look: Look, unit_id: str, today: date) -> list[tuple[str, str]]:
    """Where a unit that is no more lives on today; nothing for one that is."""
    if look.units.unit(unit_id, today) is not None:
        return []
    heirs = (look.units.unit(heir, today) for heir, _ in look.units.present_of(unit_id, today))
    now = Look(look.units, today, look.known_at)
    return [(now.link(heir.id), full_name(heir)) for heir in heirs if heir is not None]


def _belief(belief: Belief, units: UnitMap, entries: Mapping[int, Entry], texts: Catalogue) -> dict[str, Any]:
    row, change, entry = belief.unit, units.change(belief.unit.recorded), entries.get(belief.unit.recorded)
    until = texts.text("map.open_end")
    if row.valid_to:
        until = texts.text("map.until", day=date_vi(row.valid_to - timedelta(days=1)))
    return {
        "name": full_name(row),
        "code": row.code,
        "since": row.valid_from,
        "until": until,
        "pilot": row.pilot,
        "title": change.title,
        "kind": texts.label("map_kind", change.kind),
        "document": change.legal_basis,
        "version": row.recorded,
        "replaced": belief.replaced,
        "by": texts.text("map.recorded_by", by=entry.by, at=datetime_vi(entry.recorded_at))
        if entry and entry.by
        else None,
    }


def _edge(look: Look, edge: Succession, other: str, texts: Catalogue) -> dict[str, Any]:
    """A unit that another came from, as it was on its last day, or became, as it was on its first."""
    row = look.units.last(other)
    day = edge.effective - timedelta(days=1) if other == edge.from_id else edge.effective
    return {
        "href": Look(look.units, day, look.known_at).link(other),
        "name": full_name(row) if row else other,
        "kind": texts.label("map_share", edge.kind),
        "since": edge.effective,
    }


def _actions(unit: Unit, texts: Catalogue) -> list[tuple[str, str]]:
    """(link, text) of every change that fits the unit's level."""
    kinds = [kind for kind in KINDS if unit.level != "province" or kind in ("create", "rename", "retype")]
    if unit.level == "hamlet":
        kinds.remove("create")
    return [
        (f"/map/change?{urlencode({'kind': kind, 'unit': unit.id})}", texts.label("map_kind", kind))
        for kind in kinds
    ]
