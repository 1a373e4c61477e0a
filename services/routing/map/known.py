"""The map as it was known earlier: by version, or at the end of a local day. Made once, kept for a while."""

import asyncio
import re
from datetime import date, datetime, time, timedelta

from services.routing.store import map as store
from shared.database import Database
from shared.local_time import LOCAL
from shared.map_store import MapHolder
from shared.units import UnitMap

_KEPT = 4
_VERSION = re.compile(r"[0-9]{1,6}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class UnknownVersion(Exception):
    """Nothing was known then: no such version, or nothing recorded by that day."""


class KnownMaps:
    """Earlier maps of this process. Each takes tens of milliseconds to make, in a thread."""

    def __init__(self, database: Database, holder: MapHolder) -> None:
        self._database = database
        self._holder = holder
        self._kept: dict[int, UnitMap] = {}

    async def at(self, told: str) -> UnitMap:
        """The map at `told`: a version, a date (its end, local), or the newest if empty.

        Raises UnknownVersion.
        """
        current = self._holder.current
        version = await self._version(told) if told else current.version
        if not 0 < version <= current.version:
            raise UnknownVersion(told)
        if version == current.version:
            return current
        if version not in self._kept:
            while len(self._kept) >= _KEPT:
                self._kept.pop(next(iter(self._kept)))
            self._kept[version] = await asyncio.to_thread(current.known_at, version)
        return self._kept[version]

    async def asked(self, told: str | None) -> UnitMap | None:
        """As `at`; None where nothing was known then."""
        try:
            return await self.at((told or "").strip())
        except UnknownVersion:
            return None

    async def _version(self, told: str) -> int:
        if _VERSION.fullmatch(told):
            return int(told)
        try:
            day = date.fromisoformat(told) if _DAY.fullmatch(told) else None
        except ValueError:
            day = None
        if day is None or day == date.max:
            raise UnknownVersion(told)
        end = datetime.combine(day + timedelta(days=1), time(), LOCAL)
        async with self._database.connection() as connection:
            # What was recorded a moment ago may not be loaded here yet.
            return min(await store.known_by(connection, end), self._holder.current.version)
