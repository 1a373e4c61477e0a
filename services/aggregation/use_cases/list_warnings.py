"""Warnings of a unit in a period: as it was then, or on the map of any day."""

from datetime import date

from services.aggregation.store.warnings import WarningRow
from services.aggregation.use_cases.on_map import Asked
from shared.database import Database
from shared.units import Unit, UnitMap


async def ask(
    database: Database, units: UnitMap, unit: Unit, first: date, last: date, *, on: date | None
) -> list[WarningRow]:
    """Those of the unit and below; of restricted cases for the province alone. `on`: the day whose map is
    asked for; None leaves each where it was raised."""
    async with database.connection() as tx:
        asked = Asked(tx, units, unit.id, on, restricted=unit.level == "province")
        return await asked.warnings(first, last)
