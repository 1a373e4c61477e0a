"""Names of places that redaction must leave alone, from the map that this process holds."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from services.intake.domain.redaction import known_places
from shared.local_time import LOCAL
from shared.map_store import MapHolder
from shared.units import UnitMap

_DAY = timedelta(days=1)


class Places:
    """Names of the home province's units, those of today and those they came from."""

    def __init__(self, holder: MapHolder, home_province: str) -> None:
        self._holder = holder
        self._home = home_province
        self._version = -1
        self._names: frozenset[str] = frozenset()

    def names(self) -> frozenset[str]:
        """The names, worked out anew when the map has changed."""
        units = self._holder.current
        if units.version != self._version:
            self._names = known_places(_names(units, self._home))
            self._version = units.version
        return self._names


def _names(units: UnitMap, home: str) -> Iterator[str]:
    today = datetime.now(UTC).astimezone(LOCAL).date()
    province = units.by_code(home, today, "province")
    if province is None:
        return
    for unit in units.units(today, province=province.id):
        yield unit.name
        for edge in units.predecessors(unit.id, today):
            before = units.unit(edge.from_id, edge.effective - _DAY)
            if before is not None:
                yield before.name
