"""A change of the map: planned, recorded and announced in one transaction, or only shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.routing.domain.map_changes import Abolish, Fault, plan
from services.routing.map.asked import Asked, clean, wanted
from services.routing.store import map as store
from shared.contracts.events import MapChanged
from shared.database import Connection, Database, Postponed
from shared.map_store import MapHolder, store_changes
from shared.outbox import EventTooLarge, Outgoing, announce, encode
from shared.units import MapChange, UnitMap


@dataclass(frozen=True, slots=True)
class Entered:
    """A change that was planned: the map before it, and whether it is recorded now or was already."""

    change: MapChange
    before: UnitMap
    moving: dict[str, int]
    """Open cases in the units that end or give a part away: they move, or a person is asked."""


class MapRefused(Exception):
    """The change cannot be made. `row`: which of several, from 0."""

    def __init__(self, faults: Sequence[Fault], row: int = 0) -> None:
        super().__init__(", ".join(f"{fault.field}: {fault.code}" for fault in faults))
        self.faults = tuple(faults)
        self.row = row


class AlreadyEntered(Exception):
    """The change with this id was recorded before, as map version `version`."""

    def __init__(self, version: int) -> None:
        super().__init__(f"recorded already as version {version}")
        self.version = version


async def preview(database: Database, units: UnitMap, asked: Sequence[tuple[Asked, UUID]]) -> list[Entered]:
    """What these changes would do, one after another; nothing is written. Raises MapRefused."""
    async with database.connection() as connection:
        return await _plan(connection, units, asked)


async def change_map(
    database: Database, holder: MapHolder, asked: Sequence[tuple[Asked, UUID]]
) -> list[Entered]:
    """Record these changes, all or none, each under its own id and map version, and announce them.

    Raises MapRefused (nothing is written), AlreadyEntered for an id that was used, Postponed when somebody
    else records a change at the same moment.
    """
    await holder.refresh()
    async with database.transaction() as tx:
        newest = await store.lock_changes(tx)
        for _, change_id in asked:
            if (known := await store.version_of(tx, change_id)) is not None:
                raise AlreadyEntered(known)
        units = holder.current
        if units.version != newest:
            raise Postponed(f"the map is at version {newest}, loaded here is {units.version}")
        entered = await _plan(tx, units, asked)
        events = [MapChanged.model_validate(done.change, from_attributes=True) for done in entered]
        await store_changes(tx, events)
        versions = [event.map_version for event in events]
        await store.entered(tx, versions, [change_id for _, change_id in asked], clean(asked[0][0].by))
        await announce(tx, "routing", [Outgoing(event) for event in events])
    await holder.refresh()
    return entered


async def _plan(connection: Connection, units: UnitMap, asked: Sequence[tuple[Asked, UUID]]) -> list[Entered]:
    entered: list[Entered] = []
    for row, (one, change_id) in enumerate(asked):
        meant = wanted(one, units)
        if isinstance(meant, tuple):
            raise MapRefused(meant, row)
        abolished = [meant.unit] if isinstance(meant, Abolish) else []
        cases = await store.cases_at(connection, abolished, moving=False) if abolished else {}
        change = plan(meant, units, change_id, cases)
        if isinstance(change, tuple):
            raise MapRefused(change, row)
        try:
            encode(MapChanged.model_validate(change, from_attributes=True))
        except EventTooLarge:
            raise MapRefused((Fault("units", "too_many"),), row) from None
        sources = sorted({edge.from_id for edge in change.successions})
        moving = await store.cases_at(connection, sources, moving=True) if sources else {}
        entered.append(Entered(change, units, moving))
        units = units.apply(change)
    return entered
