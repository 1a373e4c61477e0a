"""The map as every service asks it."""

from collections.abc import Iterator
from datetime import date, timedelta

from shared.units.draft import EMPTY, Index, advance, known_at
from shared.units.records import (
    KINDS,
    Belief,
    Change,
    Level,
    Recorded,
    Succession,
    SuccessionKind,
    Unit,
)

_DAY = timedelta(days=1)


class UnitMap:
    """An immutable map at one version. Lookups by id and code take constant time."""

    __slots__ = ("_index", "version")

    version: int
    """The number of changes applied; the `map_version` of the last one."""

    def __init__(self, version: int, index: Index) -> None:
        self.version = version
        self._index = index

    @classmethod
    def empty(cls) -> "UnitMap":
        return cls(0, EMPTY)

    def apply(self, change: Change) -> "UnitMap":
        """The map with one more change. ValueError: a gap or repeat in versions, or a contradiction."""
        if change.map_version != self.version + 1:
            raise ValueError(f"map version {change.map_version} cannot follow version {self.version}")
        return UnitMap(change.map_version, advance(self._index, change))

    def known_at(self, version: int) -> "UnitMap":
        """The map as it was recorded at an earlier version, whatever was learned later.

        Rebuilds the index (tens of milliseconds): ask once and keep the answer.
        """
        if not 0 <= version <= self.version:
            raise ValueError(f"version {version} is not between 0 and {self.version}")
        if version == self.version:
            return self
        return UnitMap(version, known_at(self._index, version))

    def unit(self, unit_id: str, as_of: date) -> Unit | None:
        """The unit's row on that day; None if it is unknown, not yet there, or no longer."""
        for row in self._index.periods.get(unit_id, ()):
            if row.valid_at(as_of):
                return row
        return None

    def last(self, unit_id: str) -> Unit | None:
        """The unit's latest row, whenever that was or will be: how a former unit is still called."""
        rows = self._index.periods.get(unit_id, ())
        return rows[-1] if rows else None

    def history(self, unit_id: str) -> tuple[Unit, ...]:
        """All periods of a unit by their first day, as they are believed now; none if it is unknown."""
        return self._index.periods.get(unit_id, ())

    def beliefs(self, unit_id: str) -> tuple[Belief, ...]:
        """Every row that was ever recorded of a unit, by first day and version; nothing is overwritten."""
        stand = [Belief(row, None) for row in self.history(unit_id)]
        gone = [Belief(row, version) for version, row in self._index.superseded if row.id == unit_id]
        return tuple(sorted((*stand, *gone), key=lambda b: (b.unit.valid_from, b.unit.recorded)))

    def change(self, version: int) -> Recorded:
        """The change that made a version of this map. Raises IndexError for one that is not there."""
        if not 0 < version <= len(self._index.changes):
            raise IndexError(f"no change {version} on map {self.version}")
        return self._index.changes[version - 1]

    def ever_held(self, level: Level, code: str) -> tuple[str, ...]:
        """The units that ever held a code, in the order in which they were recorded."""
        return self._index.holders.get((level, code), ())

    def codes(self, level: Level) -> Iterator[str]:
        """Every code that was ever held at a level."""
        return (code for held, code in self._index.holders if held == level)

    def ever_children(self, unit_id: str) -> tuple[str, ...]:
        """The units that ever lay directly below this one."""
        return self._index.children.get(unit_id, ())

    def touched(self, version: int, day: date, today: date) -> frozenset[str]:
        """The units that may lie elsewhere `today` than by map `version` on `day`: those that a change which
        took effect or was recorded since then ended, parted or put below another, and all ever below them."""
        found: set[str] = set()
        for edges in self._index.after.values():
            new = (e for e in edges if e.effective <= today and (e.effective > day or e.recorded > version))
            found.update(edge.from_id for edge in new)
        for unit_id, rows in self._index.periods.items():
            pairs = zip(rows, (*rows[1:], None), strict=True)
            if any(_turned(row, following, version, day, today) for row, following in pairs):
                found.add(unit_id)
        return frozenset(found.union(*(self.ever_below(unit_id) for unit_id in found)))

    def ever_below(self, unit_id: str) -> frozenset[str]:
        """Every unit that ever lay below this one, on whatever day."""
        found: set[str] = set()
        for child in self._index.children.get(unit_id, ()):
            found |= {child, *self.ever_below(child)}
        return frozenset(found)

    def by_code(self, code: str, as_of: date, level: Level) -> Unit | None:
        """The unit of that level that holds the code on that day.

        None also if two hold it, as two districts do in the official table: nobody is guessed.
        """
        held = [self.unit(unit_id, as_of) for unit_id in self._index.holders.get((level, code), ())]
        units = [unit for unit in held if unit is not None and unit.code == code]
        return units[0] if len(units) == 1 else None

    def path(self, unit_id: str, as_of: date) -> tuple[str, ...]:
        """Ids from the unit itself up to its province, that day; empty if it is not valid then."""
        return tuple(unit.id for unit in self._upwards(unit_id, as_of))

    def ancestors(self, unit_id: str, as_of: date) -> tuple[Unit, ...]:
        """The units above this one, from the nearest to the province."""
        return tuple(self._upwards(unit_id, as_of))[1:]

    def province_of(self, unit_id: str, as_of: date) -> Unit | None:
        """The province that the unit belongs to that day; a province belongs to itself."""
        chain = tuple(self._upwards(unit_id, as_of))
        return chain[-1] if chain and chain[-1].level == "province" else None

    def children(self, unit_id: str, as_of: date) -> tuple[Unit, ...]:
        """The units directly below this one that day, by code."""
        rows = (self.unit(child, as_of) for child in self._index.children.get(unit_id, ()))
        below = [row for row in rows if row is not None and row.parent == unit_id]
        return tuple(sorted(below, key=lambda row: (row.code, row.id)))

    def descendants(self, unit_id: str, as_of: date) -> Iterator[Unit]:
        """Every unit below this one that day, each before its own children."""
        for child in self.children(unit_id, as_of):
            yield child
            yield from self.descendants(child.id, as_of)

    def units(self, as_of: date, level: Level | None = None, province: str | None = None) -> Iterator[Unit]:
        """The units valid that day, of one level and within one province if asked."""
        for unit in self._valid(as_of) if province is None else self._within(province, as_of):
            if level is None or unit.level == level:
                yield unit

    def successors(self, unit_id: str, as_of: date) -> tuple[Succession, ...]:
        """What the unit directly became, by reforms in force on that day."""
        return tuple(edge for edge in self._index.after.get(unit_id, ()) if edge.effective <= as_of)

    def predecessors(self, unit_id: str, as_of: date) -> tuple[Succession, ...]:
        """What the unit was directly made of, by reforms in force on that day."""
        return tuple(edge for edge in self._index.before.get(unit_id, ()) if edge.effective <= as_of)

    def present_of(self, unit_id: str, as_of: date) -> tuple[tuple[str, SuccessionKind], ...]:
        """The units valid that day in which this one lives on, with how much of it is there; by id.

        A valid unit lives on in itself. Along a chain of reforms the weakest relation counts. A district had
        no successor of its own: it lives on in what its communes became.
        """
        found = self._present_of(unit_id, as_of, date.min)
        return tuple(sorted(found.items()))

    def _present_of(self, unit_id: str, as_of: date, since: date) -> dict[str, SuccessionKind]:
        if self.unit(unit_id, as_of) is not None:
            return {unit_id: "whole"}
        found: dict[str, SuccessionKind] = {}
        for heir, kind, effective in self._heirs(unit_id, as_of, since):
            for target, further in self._present_of(heir, as_of, effective).items():
                relation = max(kind, further, key=KINDS.index)
                found[target] = min(found.get(target, relation), relation, key=KINDS.index)
        if len(found) > 1 and self._index.periods[unit_id][0].level == "district":
            return dict.fromkeys(found, "part")
        return found

    def _heirs(self, unit_id: str, as_of: date, since: date) -> Iterator[tuple[str, SuccessionKind, date]]:
        # Only reforms after the one that led here: each step goes forward in time, so the walk ends.
        for edge in self.successors(unit_id, as_of):
            if edge.effective > since:
                yield edge.to_id, edge.kind, edge.effective
        rows = self._index.periods.get(unit_id, ())
        if not rows or rows[-1].level != "district" or rows[-1].valid_to is None or rows[-1].valid_to > as_of:
            return
        for child in self.children(unit_id, rows[-1].valid_to - _DAY):
            yield child.id, "whole", since

    def _upwards(self, unit_id: str, as_of: date) -> Iterator[Unit]:
        unit = self.unit(unit_id, as_of)
        while unit is not None:
            yield unit
            unit = None if unit.parent is None else self.unit(unit.parent, as_of)

    def _valid(self, as_of: date) -> Iterator[Unit]:
        for rows in self._index.periods.values():
            for row in rows:
                if row.valid_at(as_of):
                    yield row

    def _within(self, province: str, as_of: date) -> Iterator[Unit]:
        top = self.unit(province, as_of)
        if top is not None:
            yield top
            yield from self.descendants(province, as_of)


def _turned(row: Unit, following: Unit | None, version: int, day: date, today: date) -> bool:
    """Whether the row has ended by today without going on below the same parent, and was not known to."""
    if row.valid_to is None or row.valid_to > today or (row.valid_to <= day and row.recorded <= version):
        return False
    return following is None or following.valid_from != row.valid_to or following.parent != row.parent
