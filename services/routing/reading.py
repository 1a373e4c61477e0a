"""Questions to the cases as people and programs put them: query parameters, checked once for both."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, get_args

from shared.contracts.vocabulary import CATEGORIES, LEGAL_KINDS, CaseState, Level, Purpose, Severity
from shared.units import Level as UnitLevel
from shared.units import Unit, UnitMap
from shared.units.relation import related
from shared.web.filters import local
from shared.web.paging import MOST, USUAL, Fault, cursor, limit

MOST_PARTED = 1_000
"""Up to so many cases that cannot be attributed are counted."""

_TRUTH = {"true": True, "false": False}
CHOICES: Mapping[str, Mapping[str, Any]] = {
    "category": {value: value for value in CATEGORIES},
    "state": {value: value for value in get_args(CaseState)},
    "level": {value: value for value in get_args(Level)},
    "severity": {str(value): value for value in get_args(Severity)},
    "legal_kind": {value: value for value in LEGAL_KINDS},
    "purpose": {value: value for value in get_args(Purpose)},
    "restricted": _TRUTH,
    "overdue": _TRUTH,
}
"""Parameters that take one of a few values, and what each stands for."""

PARAMETERS: Mapping[str, str] = {
    "unit": "A unit and all below it: its id, or the official code that it bears on the last day asked for.",
    "as_of": "With `unit`: `then` seeks cases where they were on their report's date; `today` or a day "
    "(YYYY-MM-DD) lays them on the map of that day. Without it: where they stand.",
    "known_at": "With the map of a day: as it was known at a version, or at the end of a day (YYYY-MM-DD). "
    "Cases of units that were not known then are in no list.",
    "category": "What the case is about.",
    "state": "`triage` waits for a person, `noted` is an observation that nobody has to settle.",
    "level": "Which level is competent.",
    "severity": "0 opinion, 1 normal, 2 soon, 3 urgent.",
    "legal_kind": "Of which kind it is in law.",
    "purpose": "`request` wants something settled; `observation` tells what people think.",
    "owner": "Who follows it up or must settle it: a body (`kind@unit`), or a kind of body wherever it is.",
    "from": "First day of the report's date (YYYY-MM-DD, local).",
    "to": "Last day of the report's date.",
    "restricted": "Denunciation, corruption, officials' conduct: `true` only those, `false` none of them.",
    "overdue": "`true`: its settlement is overdue and nobody has ended it.",
    "after": "The last case of the page before: cases older than this one follow.",
    "before": "The first case of the page behind: cases newer than this one.",
    "limit": f"Most cases of one answer, 1 to {MOST}; {USUAL} if not told.",
}
"""Every parameter and what it means, as the API's description says it."""

_PLACED = ("laid", "laid_provinces", "after", "before")
"""Filters that leave out what cannot be attributed, or only page."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_KIND = re.compile(r"[a-z_]{1,40}")
_BODY = re.compile(r"[a-z_]{1,40}@u[0-9a-z]{6,15}")


@dataclass(frozen=True, slots=True)
class Question:
    """What to read: filters for the store, how many cases, and what was wrong with the parameters.

    `parted`: filters for the cases of former units of which only a part lies in the unit on the day whose map
    is asked for: nobody can say which of them do.
    """

    filters: Mapping[str, Any] = field(default_factory=dict)
    limit: int = USUAL
    faults: tuple[Fault, ...] = ()
    unit: Unit | None = None
    parted: Mapping[str, Any] | None = None


def ask(parameters: Mapping[str, str], units: UnitMap | None, now: datetime) -> Question:
    """Read PARAMETERS; an empty one is as good as none. `now` decides what is overdue.

    `units`: the map as it was known at `known_at`; None if nothing was known then.
    """
    reader = _Reader({name: value.strip() for name, value in parameters.items() if value.strip()})
    for name, values in CHOICES.items():
        reader.choose(name, values)
    reader.take("from", _day, "bad_date")
    reader.take("to", _day, "bad_date")
    reader.take("as_of", lambda v: _map_day(v, local(now).date()), "bad_map_day")
    reader.take("owner", lambda v: v if _BODY.fullmatch(v) or _KIND.fullmatch(v) else None)
    reader.take("after", cursor, "bad_cursor")
    reader.take("before", cursor, "bad_cursor")
    reader.take("limit", limit, "bad_limit")
    reader.check()
    if units is None:
        return Question(faults=(*reader.faults, Fault("known_at", "bad_known_at")))
    filters = reader.found
    many, as_of = filters.pop("limit", USUAL), filters.pop("as_of", None)
    unit, parted = None, None
    if "unit" in reader.given:
        days = (as_of, filters.get("to"), filters.get("from"), local(now).date())
        unit = find_unit(reader.given["unit"], units, [day for day in days if isinstance(day, date)])
        if unit is None:
            reader.faults.append(Fault("unit", "unknown_unit"))
        else:
            filters |= dict(_laid(unit, units, as_of))
            parted = filters.pop("parted", None)
    if "owner" in filters:
        filters |= _owned(filters.pop("owner"), units)
    if "overdue" in filters:
        filters["overdue" if filters.pop("overdue") else "not_overdue"] = now
    if parted is not None:
        parted = {name: value for name, value in filters.items() if name not in _PLACED} | parted
    return Question(filters, many, tuple(reader.faults), unit, parted)


def find_unit(name: str, units: UnitMap, days: list[date]) -> Unit | None:
    """A unit by its id on any day, or by the code that it bears on the first of these days that knows it."""
    levels: tuple[UnitLevel, ...] = ("commune", "province", "hamlet", "district")
    for day in days:
        for level in levels:
            found = units.by_code(name, day, level)
            if found is not None:
                return found
    return units.last(name)


class _Reader:
    """Takes parameters one by one: what was found, and what was wrong."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self.given = given
        self.found: dict[str, Any] = {}
        self.faults = [Fault(name, "unknown_parameter") for name in given if name not in PARAMETERS]

    def take(self, name: str, read: Callable[[str], Any], code: str = "unknown_value") -> None:
        if name in self.given:
            value = read(self.given[name])
            if value is None:
                self.faults.append(Fault(name, code))
            else:
                self.found[name] = value

    def choose(self, name: str, values: Mapping[str, Any]) -> None:
        self.take(name, values.get)

    def check(self) -> None:
        """What contradicts itself."""
        if "after" in self.found and "before" in self.found:
            self.faults.append(Fault("before", "two_cursors"))
        if "from" in self.found and "to" in self.found and self.found["from"] > self.found["to"]:
            self.faults.append(Fault("from", "bad_range"))
        if "known_at" in self.given and self.found.get("as_of", "then") == "then":
            self.faults.append(Fault("known_at", "known_at_alone"))


def _laid(unit: Unit, units: UnitMap, as_of: date | str | None) -> Iterator[tuple[str, Any]]:
    """Cases of a unit: where they stand, as they were then, or on the map of a day."""
    if as_of is None:
        yield from _within(unit, units)
    elif as_of == "then":
        yield "then", unit.id
        if unit.level in ("commune", "hamlet"):
            yield "then_units", sorted({unit.id, *units.ever_below(unit.id)})
    elif isinstance(as_of, date):
        inside, split = related(units, unit.id, as_of)
        if unit.level == "province":
            yield "laid_provinces", sorted(inside)
        else:
            yield "laid", sorted(inside)
        if split:
            yield "parted", {"split": sorted(split), "not_laid": sorted(inside)}


def _within(unit: Unit, units: UnitMap) -> Iterator[tuple[str, Any]]:
    """Cases of a unit: by their path. Below a district the units are few, and an index finds them."""
    yield "path", unit.id
    if unit.level in ("commune", "hamlet"):
        yield _at(unit.id, units)


def _owned(owner: str, units: UnitMap) -> Iterator[tuple[str, Any]]:
    """Cases of a body. One of a commune owns nothing elsewhere, so the commune's index finds them."""
    kind, _, seat = owner.partition("@")
    if not seat:
        yield "owner_kind", f"{kind}@"
        return
    yield "owner", owner
    unit = units.last(seat)
    if unit is not None and unit.level == "commune":
        name, where = _at(seat, units)
        yield f"owner_{name}", where


def _at(unit_id: str, units: UnitMap) -> tuple[str, Any]:
    """The filter for cases at a unit or what ever lay below it; of one unit the index gives the order."""
    below = units.ever_below(unit_id)
    return ("units", sorted({unit_id, *below})) if below else ("at", unit_id)


def _map_day(text: str, today: date) -> date | str | None:
    return text if text == "then" else today if text == "today" else _day(text)


def _day(text: str) -> date | None:
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
