"""A change as people and programs ask for it, in words: checked, units found by id or code, made a decision's
input. The API, the page and the sheet of `langnghe units import` all come through here.
"""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from services.routing.domain.map_changes import (
    KINDS,
    Abolish,
    Create,
    Fault,
    Mark,
    Merge,
    NewUnit,
    Part,
    Rename,
    Retype,
    Split,
    Wanted,
)
from shared.units import LEVELS, UnitMap

MOST_NAME = 100
MOST_DOCUMENT = 300
MOST_BY = 100
_CODE = re.compile(r"[0-9]{2,6}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_FIRST_DAY = date(2024, 1, 1)
_LAST_YEAR = 2100


@dataclass(frozen=True, slots=True)
class AskedPart:
    """Where a part of a split unit goes: `unit` that is there, or a new one by name, type and code."""

    share: str = ""
    unit: str = ""
    name: str = ""
    type: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Asked:
    """All that a change may be told by; each kind needs some of it. Units are ids or official codes.

    `units`: what it changes (one; several for a merger). `target`: the unit that takes others in. `name`,
    `type`, `code`, `parent`: of the new unit, or the new fact. `children`: unit below -> number of its part.
    """

    kind: str = ""
    effective: str = ""
    document: str = ""
    by: str = ""
    units: Sequence[str] = ()
    target: str = ""
    name: str = ""
    type: str = ""
    code: str = ""
    parent: str = ""
    pilot: bool | None = None
    parts: Sequence[AskedPart] = ()
    children: Mapping[str, int] = field(default_factory=dict)


def wanted(asked: Asked, units: UnitMap) -> Wanted | tuple[Fault, ...]:
    """The change that is asked for, or every field at fault."""
    reader = _Reader(asked, units)
    made = reader.read()
    return tuple(reader.faults) if reader.faults or made is None else made


def find(units: UnitMap, name: str, day: date) -> str | None:
    """A unit's id, by the id itself or by the code that it bears on a day or the day before."""
    if units.history(name):
        return name
    for on in (day, day - timedelta(days=1)):
        for level in reversed(LEVELS):
            found = units.by_code(name, on, level)
            if found is not None:
                return found.id
    return None


def clean(text: str) -> str:
    """NFC, with single spaces, without what cannot be printed."""
    printable = "".join(c if c.isprintable() else " " for c in unicodedata.normalize("NFC", text))
    return " ".join(printable.split())


class _Reader:
    def __init__(self, asked: Asked, units: UnitMap) -> None:
        self._asked = asked
        self._units = units
        self.faults: list[Fault] = []
        self._day = self._date(asked.effective)
        self._document = self._text("document", asked.document, MOST_DOCUMENT)
        self._text("by", asked.by, MOST_BY)

    def read(self) -> Wanted | None:
        made: Mapping[str, Callable[[], Wanted]] = {
            "create": self._create,
            "rename": lambda: Rename(self._day, self._document, self._one(), self._name()),
            "retype": lambda: Retype(self._day, self._document, self._one(), self._type()),
            "merge": self._merge,
            "split": self._split,
            "abolish": lambda: Abolish(self._day, self._document, self._one()),
            "pilot": lambda: Mark(self._day, self._document, self._one(), self._pilot()),
        }
        if self._asked.kind not in KINDS:
            self._fault("kind", "unknown_kind")
            return None
        return made[self._asked.kind]()

    def _create(self) -> Wanted:
        new = self._new("", self._asked.name, self._asked.type, self._asked.code)
        parent = self._unit("parent", self._asked.parent) if self._asked.parent else None
        return Create(self._day, self._document, new, parent)

    def _merge(self) -> Wanted:
        asked = self._asked
        sources = tuple(self._unit("units", name) for name in asked.units)
        if not sources:
            self._fault("units", "needed")
        if asked.target:
            target = self._unit("target", asked.target)
            return Merge(self._day, self._document, sources, target=target)
        new = self._new("", asked.name, asked.type, asked.code)
        parent = self._unit("parent", asked.parent) if asked.parent else None
        return Merge(self._day, self._document, sources, new=new, parent=parent)

    def _split(self) -> Wanted:
        parts = tuple(self._part(part) for part in self._asked.parts)
        children = {self._unit("children", name): number for name, number in self._asked.children.items()}
        return Split(self._day, self._document, self._one(), parts, children)

    def _part(self, part: AskedPart) -> Part:
        if part.unit:
            return Part(part.share, unit=self._unit("parts", part.unit))
        return Part(part.share, new=self._new("parts", part.name, part.type, part.code))

    def _one(self) -> str:
        if len(self._asked.units) != 1:
            self._fault("units", "needed" if not self._asked.units else "one_unit")
            return ""
        return self._unit("units", self._asked.units[0])

    def _unit(self, name: str, told: str) -> str:
        found = find(self._units, told.strip(), self._day)
        if found is None:
            self._fault(name, "unknown_unit", told=clean(told)[:40])
        return found or ""

    def _new(self, name: str, called: str, type_: str, code: str) -> NewUnit:
        if not type_:
            self._fault(name or "type", "needed")
        if code and not _CODE.fullmatch(code):
            self._fault(name or "code", "bad_code")
        return NewUnit(self._text(name or "name", called, MOST_NAME), type_, code or None)

    def _name(self) -> str:
        return self._text("name", self._asked.name, MOST_NAME)

    def _type(self) -> str:
        if not self._asked.type:
            self._fault("type", "needed")
        return self._asked.type

    def _pilot(self) -> bool:
        if self._asked.pilot is None:
            self._fault("pilot", "needed")
        return bool(self._asked.pilot)

    def _text(self, name: str, told: str, most: int) -> str:
        text = clean(told)
        if not text:
            self._fault(name, "needed")
        elif len(text) > most:
            self._fault(name, "too_long", most=str(most))
        return text

    def _date(self, told: str) -> date:
        try:
            day = date.fromisoformat(told) if _DAY.fullmatch(told) else None
        except ValueError:
            day = None
        if day is None or not _FIRST_DAY < day < date(_LAST_YEAR, 1, 1):
            self._fault("effective", "bad_date" if day is None else "far_date")
            return _FIRST_DAY
        return day

    def _fault(self, name: str, code: str, **told: str) -> None:
        fault = Fault(name, code, told)
        if fault not in self.faults:
            self.faults.append(fault)
