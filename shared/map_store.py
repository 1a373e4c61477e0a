"""The dated map in a service's own schema: changes as they came, read back as a UnitMap.

A change beyond a gap waits in the table until the gap is filled; processes look at the table's version and
load what is new, since only one member of a group receives the event.
"""

import gc
from collections.abc import Sequence

import structlog

from shared.contracts.events import MapChanged
from shared.database import Connection, Database
from shared.messaging.received import Dead, Received, Verdict
from shared.telemetry import NotReady
from shared.units import UnitMap

log = structlog.get_logger()

_STORE = """
INSERT INTO map_changes (map_version, payload)
SELECT * FROM unnest($1::int[], $2::bytea[]) ON CONFLICT DO NOTHING RETURNING map_version
"""
_NEWER = "SELECT map_version, payload FROM map_changes WHERE map_version > $1 ORDER BY map_version"


async def apply_map_changes(
    tx: Connection, events: Sequence[Received[MapChanged]]
) -> Sequence[Verdict | Dead]:
    """Keep each change under its version; one that is there already is a duplicate."""
    by_version = {e.event.map_version: e.event for e in events}
    fresh = await store_changes(tx, list(by_version.values()))
    verdicts = []
    for received in events:
        version = received.event.map_version
        verdicts.append(Verdict.FRESH if version in fresh else Verdict.DUPLICATE)
        fresh.discard(version)
    return verdicts


async def store_changes(tx: Connection, changes: Sequence[MapChanged]) -> set[int]:
    """Write changes that are not there yet; returns the versions written."""
    rows = await tx.fetch(
        _STORE,
        [change.map_version for change in changes],
        [change.model_dump_json().encode() for change in changes],
    )
    return {row["map_version"] for row in rows}


class MapHolder:
    """This process's map. `current` is immutable and replaced as a whole when the table has more."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self.current: UnitMap = UnitMap.empty()

    async def refresh(self) -> None:
        """Load the contiguous changes that this process does not have yet."""
        async with self._database.connection() as connection:
            rows = await connection.fetch(_NEWER, self.current.version)
        units = self.current
        for row in rows:
            if row["map_version"] != units.version + 1:
                log.warning("map.gap", have=units.version, found=row["map_version"])
                break
            units = units.apply(MapChanged.model_validate_json(row["payload"]))
        if units.version != self.current.version:
            self.current = units
            # It stays for good: the collector need not walk a country's units again and again.
            gc.freeze()
            log.info("map.loaded", map_version=units.version)

    async def check_loaded(self) -> None:
        """A health check: raises NotReady before the first change is there."""
        if not self.current.version:
            raise NotReady("the map is not loaded")
