"""What a place is called: names that say where a report is, and so tell nothing of which matter it is about.

A place is a commune as it stands now; what became part of it, at whatever time, is the same place, since
incidents outlive reforms. The former communes inside it are its spots: two reports of one spot are nearer
to each other than two of one commune, and two of different spots are further apart.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from services.routing.domain.text import Text, read
from services.routing.domain.trie import Trie
from shared.units import UnitMap
from shared.units.records import KINDS


@dataclass(frozen=True, slots=True)
class Named:
    """A text's words (folded) that name no place, and the spots that it names."""

    words: tuple[str, ...]
    spots: frozenset[str]


@dataclass(frozen=True, slots=True)
class Grounds:
    """The places of a map as they stand on a date. What was worked out of a unit is remembered."""

    units: UnitMap
    on: date
    _places: dict[str, str] = field(default_factory=dict)
    _names: dict[str, Trie[str]] = field(default_factory=dict)

    def place(self, unit_id: str) -> str:
        """The commune that the unit is or became; of a divided one the part that holds most of it."""
        found = self._places.get(unit_id)
        if found is None:
            found = self._places[unit_id] = self._place(unit_id)
        return found

    def _place(self, unit_id: str) -> str:
        present = self.units.present_of(unit_id, self.on)
        if not present:
            return unit_id
        heir = min(present, key=lambda row: (KINDS.index(row[1]), row[0]))[0]
        for step in self.units.path(heir, self.on):
            unit = self.units.unit(step, self.on)
            if unit is not None and unit.level == "commune":
                return step
        return heir

    def read(self, text: Text, place: str, unit_id: str) -> Named:
        """What a text of this place says beside names; a former unit is a spot, named or not."""
        names = self._names.get(place)
        if names is None:
            names = self._names[place] = Trie(self._names_of(place))
        gone: set[int] = set()
        spots: set[str] = {unit_id} if unit_id != place and self._is_spot(unit_id, place) else set()
        end = 0
        for start in names.starts(text.keys):
            found = names.at(text.keys, start) if start >= end else []
            if found:
                end, told = found[-1]
                gone.update(range(start, end))
                spots.update(spot for spot in told if spot)
        words = (word for at, word in enumerate(text.keys) if at not in gone)
        return Named(tuple(words), frozenset(spots))

    def _is_spot(self, unit_id: str, place: str) -> bool:
        former, now = self.units.last(unit_id), self.units.last(place)
        return former is not None and now is not None and former.name != now.name

    def _names_of(self, place: str) -> Iterator[tuple[Sequence[str], str]]:
        """(words, spot or nothing): the place, what lies above it, now or then, and its former communes."""
        yield from self._above(place, "")
        for edge in self.units.predecessors(place, self.on):
            spot = edge.from_id if self._is_spot(edge.from_id, place) else ""
            yield from self._above(edge.from_id, spot)

    def _above(self, unit_id: str, spot: str) -> Iterator[tuple[Sequence[str], str]]:
        last = self.units.last(unit_id)
        if last is None:
            return
        yield read(last.name).keys, spot
        for step in self.units.path(unit_id, last.valid_from)[1:]:
            above = self.units.unit(step, last.valid_from)
            if above is not None:
                yield read(above.name).keys, ""
