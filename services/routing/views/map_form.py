"""The forms of changes of the map: what a browser sends, and what each kind of change asks for."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.routing.domain.map_changes import Fault
from services.routing.domain.map_changes.wanted import LEVEL_OF
from services.routing.map.asked import Asked, AskedPart
from services.routing.use_cases.change_map import Entered
from services.routing.views.map_change import differences, effects, moving, parent_name, said
from shared.units import TYPE_NAMES, Level, Unit, UnitMap, full_name
from shared.web.catalogue import Catalogue

MOST_PARTS = 4
MOST_SOURCES = 6
"""More than a form offers are merged by a sheet (`langnghe units import`)."""
_BELOW: Mapping[str, Level] = {"province": "commune", "district": "commune", "commune": "hamlet"}
_SHOWN_TYPES = ("tinh", "thanh_pho", "xa", "phuong", "dac_khu", "thon", "to_dan_pho")
"""Types that units have since 2025-07-01."""

_PLAIN = ("kind", "effective", "document", "by", "target", "name", "type", "code", "parent")
_PART = ("share", "unit", "name", "type", "code")

Sent = Sequence[tuple[str, str]]
"""The form as it was sent: names and values in order, a name perhaps several times."""


def asked_of(sent: Sent) -> Asked:
    """What a form asks for. Parts that say nothing are left out; children name parts by their row."""
    one = {name: value.strip() for name, value in sent}
    told = [(n, {f: one.get(f"part-{n}-{f}", "") for f in _PART}) for n in range(MOST_PARTS)]
    parts = [(n, AskedPart(**part)) for n, part in told if part["unit"] or part["name"]]
    rows = {str(n): at for at, (n, _) in enumerate(parts)}
    children = {
        name.removeprefix("child-"): rows.get(value, MOST_PARTS)
        for name, value in one.items()
        if name.startswith("child-") and value
    }
    return Asked(
        **{name: one.get(name, "") for name in _PLAIN},
        units=[value for name, value in sent if name == "units" and value],
        pilot={"true": True, "false": False}.get(one.get("pilot", "")),
        parts=[part for _, part in parts],
        children=children,
    )


def form_context(kind: str, unit: Unit, units: UnitMap, sent: Sent, today: date) -> dict[str, Any]:
    """Context of `map_change.html`: the unit that the form began at, and what can be chosen."""
    siblings = units.children(unit.parent, today) if unit.parent else ()
    others = [(u.id, f"{full_name(u)} ({u.code})") for u in sorted(siblings, key=lambda u: u.name)]
    level = _BELOW.get(unit.level, "hamlet") if kind == "create" else unit.level
    values: dict[str, Any] = dict(sent)
    values["units"] = [value for name, value in sent if name == "units"] or [unit.id]
    return {
        "kind": kind,
        "unit": unit,
        "name": full_name(unit),
        "siblings": others,
        "others": [(unit_id, text) for unit_id, text in others if unit_id != unit.id],
        "types": [(t, TYPE_NAMES[t]) for t in _SHOWN_TYPES if LEVEL_OF[t] == level],
        "level": level,
        "children": [(c.id, full_name(c)) for c in units.children(unit.id, today)] if kind == "split" else [],
        "rows": range(MOST_PARTS),
        "sources": range(MOST_SOURCES),
        "values": values,
    }


def faults_context(faults: Sequence[Fault], texts: Catalogue) -> dict[str, str]:
    """Errors by control; a single unit is chosen in `units`."""
    names = {"unit": "units", "parts": "part-0-name"}
    found: dict[str, str] = {}
    for fault in faults:
        found.setdefault(names.get(fault.field, fault.field), said(fault, texts))
    return found


def preview_context(entered: Entered, sent: Sent, texts: Catalogue) -> dict[str, Any]:
    """What the change would do, and the form again, hidden, to be confirmed."""
    after = entered.before.apply(entered.change)
    moved, asked = moving(entered)
    shown = []
    for effect in effects(entered):
        row = effect.now or effect.was
        assert row is not None
        shown.append(
            {
                "kind": effect.kind,
                "name": full_name(row),
                "code": row.code,
                "above": parent_name(row, after, effect.on),
                "differences": differences(effect, after, texts, effect.on),
            }
        )
    return {
        "change": entered.change,
        "effects": shown,
        "moved": moved,
        "asked": asked,
        "sent": [(name, value) for name, value in sent if name != "step"],
    }
