"""What the API and the pages share: the database, the map of this moment, and how a caller names a unit."""

import asyncio
from dataclasses import dataclass
from datetime import UTC, date, datetime

from services.aggregation.problems import problem
from services.aggregation.settings import Settings
from shared.database import Database
from shared.map_store import MapHolder
from shared.units import Unit, UnitMap, full_name
from shared.web.filters import local


@dataclass(frozen=True, slots=True)
class Reader:
    """Handed to every endpoint."""

    database: Database
    map: MapHolder
    settings: Settings

    @property
    def units(self) -> UnitMap:
        return self.map.current

    def now(self) -> datetime:
        return datetime.now(UTC)

    def today(self) -> date:
        """The local date."""
        return local(self.now()).date()

    def map_day(self, as_of: str) -> date | None:
        """The day whose map is asked for: "today", a date, or None for "then". Raises Problem 422."""
        if as_of in ("then", ""):
            return None
        try:
            return self.today() if as_of == "today" else date.fromisoformat(as_of)
        except ValueError:
            raise problem("bad_map_day", "as_of") from None

    async def known(self, version: int | None, on: date | None) -> UnitMap:
        """The map of a day as it was known at a version; the newest without one. Raises Problem 422."""
        if version is None:
            return self.units
        if on is None or not 0 < version <= self.units.version:
            raise problem("bad_known_at", "known_at")
        return await asyncio.to_thread(self.units.known_at, version)

    def home(self) -> Unit:
        """The province that this installation serves. Raises Problem 503 until the map is loaded."""
        home = self.units.by_code(self.settings.home_province, self.today(), "province")
        if home is None:
            raise problem("starting", "unit")
        return home

    def unit(self, name: str | None, on: date, known: UnitMap | None = None) -> Unit:
        """A unit by id, or by official code as of `on`; the home province by default.

        A unit that is valid on another day only is found by its id, as it was last. `known`: another map than
        the newest. Raises Problem 404.
        """
        if not name:
            return self.home()
        units = known or self.units
        found = (
            units.unit(name, on)
            or units.by_code(name, on, "commune")
            or units.by_code(name, on, "province")
            or units.last(name)
        )
        if found is None:
            raise problem("unknown_unit", "unit")
        return found

    def name(self, unit_id: str, on: date) -> str:
        """How a unit is called; its id where the map does not know it."""
        unit = self.units.unit(unit_id, on) or self.units.last(unit_id)
        return full_name(unit) if unit else unit_id
