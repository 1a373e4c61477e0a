"""How a change becomes the next map: copied indexes, filled, checked, frozen again."""

import sys
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar, cast

from shared.units.names import TYPE_NAMES
from shared.units.records import (
    KINDS,
    LEVELS,
    Change,
    Level,
    Recorded,
    Succession,
    SuccessionFacts,
    SuccessionKind,
    Unit,
    UnitFacts,
)

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True)
class Index:
    """Everything a map answers from. No dictionary here is ever written to after it was made.

    `periods`: unit id -> its rows by valid_from. `holders`: (level, code) -> the ids that ever held it.
    `children`: parent id -> the ids that ever had it. `after`, `before`: unit id -> successions from, to it.
    `superseded`: rows no longer believed, each with the version that replaced it. `changes`: version n at
    n - 1.
    """

    periods: dict[str, tuple[Unit, ...]]
    holders: dict[tuple[str, str], tuple[str, ...]]
    children: dict[str, tuple[str, ...]]
    after: dict[str, tuple[Succession, ...]]
    before: dict[str, tuple[Succession, ...]]
    superseded: tuple[tuple[int, Unit], ...] = ()
    changes: tuple[Recorded, ...] = ()


EMPTY = Index({}, {}, {}, {}, {})


def advance(index: Index, change: Change) -> Index:
    """The index after the change. Raises ValueError if the change contradicts itself or the map."""
    draft = _Draft(index, change.map_version)
    for unit in change.units:
        draft.put(unit)
    for unit in change.units:
        draft.check_parent(unit)
    for succession in change.successions:
        draft.link(succession)
    draft.changes += (
        Recorded(change.map_version, change.kind, change.title, change.effective, change.legal_basis),
    )
    return draft.freeze()


def known_at(index: Index, version: int) -> Index:
    """The index as of an earlier version: the rows that were believed then."""
    units = [row for rows in index.periods.values() for row in rows if row.recorded <= version]
    later = [(until, row) for until, row in index.superseded if row.recorded <= version]
    units += [row for until, row in later if until > version]
    draft = _Draft(EMPTY, 0)
    draft.superseded.extend(pair for pair in later if pair[0] <= version)
    draft.changes = index.changes[:version]
    for unit in sorted(units, key=lambda row: (row.id, row.valid_from)):
        draft.insert(unit, draft.periods.get(unit.id, ()))
    for rows in index.after.values():
        for edge in rows:
            if edge.recorded <= version:
                draft.insert_succession(edge)
    return draft.freeze()


class _Draft:
    def __init__(self, index: Index, version: int) -> None:
        self.version = version
        self.periods = dict(index.periods)
        self.holders = dict(index.holders)
        self.children = dict(index.children)
        self.after = dict(index.after)
        self.before = dict(index.before)
        self.superseded = list(index.superseded)
        self.changes = index.changes
        self._dates: dict[date, date] = {}

    def put(self, record: UnitFacts) -> None:
        """Add one period; a row of the same beginning is replaced, an open earlier row ends here."""
        unit = self._unit(record)
        if unit.valid_to is not None and unit.valid_to <= unit.valid_from:
            raise ValueError(f"unit {unit.id}: the period ends {unit.valid_to}, not after {unit.valid_from}")
        kept = []
        for row in self.periods.get(unit.id, ()):
            if row.level != unit.level:
                raise ValueError(f"unit {unit.id}: a unit does not change its level")
            if row.valid_from == unit.valid_from:
                self._supersede(row)
            elif row.valid_from < unit.valid_from and row.valid_to is None:
                self._supersede(row)
                kept.append(replace(row, valid_to=unit.valid_from, recorded=self.version))
            elif _overlap(row, unit):
                raise ValueError(
                    f"unit {unit.id}: periods from {row.valid_from} and {unit.valid_from} overlap"
                )
            else:
                kept.append(row)
        self.insert(unit, tuple(kept))

    def insert(self, unit: Unit, others: tuple[Unit, ...]) -> None:
        self.periods[unit.id] = tuple(sorted((*others, unit), key=lambda row: row.valid_from))
        _add(self.holders, (unit.level, unit.code), unit.id)
        if unit.parent is not None:
            _add(self.children, unit.parent, unit.id)

    def check_parent(self, record: UnitFacts) -> None:
        if record.parent is None:
            if record.level != "province":
                raise ValueError(f"unit {record.id}: a {record.level} needs a parent")
            return
        rows = self.periods.get(record.parent)
        if rows is None:
            raise ValueError(f"unit {record.id}: its parent {record.parent} is not on the map")
        if LEVELS.index(rows[0].level) >= LEVELS.index(cast(Level, record.level)):
            raise ValueError(f"unit {record.id}: its parent {record.parent} is not of a higher level")

    def link(self, record: SuccessionFacts) -> None:
        if record.kind not in KINDS:
            raise ValueError(f"succession of {record.from_id}: unknown kind {record.kind!r}")
        if record.from_id == record.to_id:
            raise ValueError(f"succession of {record.from_id}: a unit does not succeed itself")
        for end in (record.from_id, record.to_id):
            if end not in self.periods:
                raise ValueError(f"succession {record.from_id} -> {record.to_id}: {end} is not on the map")
        edge = Succession(
            from_id=sys.intern(record.from_id),
            to_id=sys.intern(record.to_id),
            effective=self._dates.setdefault(record.effective, record.effective),
            kind=cast(SuccessionKind, sys.intern(record.kind)),
            recorded=self.version,
        )
        known = self.after.get(edge.from_id, ())
        if any((row.to_id, row.effective) == (edge.to_id, edge.effective) for row in known):
            raise ValueError(f"succession {record.from_id} -> {record.to_id}: recorded already")
        self.insert_succession(edge)

    def insert_succession(self, edge: Succession) -> None:
        _add(self.after, edge.from_id, edge)
        _add(self.before, edge.to_id, edge)

    def freeze(self) -> Index:
        return Index(
            periods=self.periods,
            holders=self.holders,
            children=self.children,
            after=self.after,
            before=self.before,
            superseded=tuple(self.superseded),
            changes=self.changes,
        )

    def _supersede(self, row: Unit) -> None:
        if row.recorded != self.version:
            self.superseded.append((self.version, row))

    def _unit(self, record: UnitFacts) -> Unit:
        # Ten thousand rows share few words and fewer dates: interned, four processes hold them cheaply.
        if record.level not in LEVELS:
            raise ValueError(f"unit {record.id}: unknown level {record.level!r}")
        if record.type not in TYPE_NAMES:
            raise ValueError(f"unit {record.id}: unknown type {record.type!r}")
        return Unit(
            id=sys.intern(record.id),
            code=sys.intern(record.code),
            level=cast(Level, sys.intern(record.level)),
            type=sys.intern(record.type),
            name=sys.intern(record.name),
            parent=None if record.parent is None else sys.intern(record.parent),
            valid_from=self._dates.setdefault(record.valid_from, record.valid_from),
            valid_to=record.valid_to and self._dates.setdefault(record.valid_to, record.valid_to),
            pilot=record.pilot,
            invented=record.invented,
            recorded=self.version,
        )


def _overlap(one: Unit, other: Unit) -> bool:
    first, second = sorted((one, other), key=lambda row: row.valid_from)
    return first.valid_to is None or first.valid_to > second.valid_from


def _add(lists: dict[K, tuple[V, ...]], key: K, value: V) -> None:
    known = lists.get(key, ())
    if value not in known:
        lists[key] = (*known, value)
