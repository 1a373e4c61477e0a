"""Warnings of a unit in a period: as it was then, or on the map of any day."""

from datetime import date

from services.aggregation.store import warnings
from services.aggregation.store.warnings import WarningRow
from shared.database import Database
from shared.units import Unit, UnitMap
from shared.units.relation import related


async def ask(
    database: Database, units: UnitMap, unit: Unit, first: date, last: date, *, on: date | None
) -> list[WarningRow]:
    """Those of the unit and below; of restricted cases for the province alone. `on`: the day whose map is
    asked for; None leaves each where it was raised."""
    whole = unit.level == "province"
    async with database.connection() as tx:
        if on is None:
            return await warnings.listed(tx, unit.id, first, last, restricted=whole)
        return await warnings.laid(tx, related(units, unit.id, on), first, last, restricted=whole)
