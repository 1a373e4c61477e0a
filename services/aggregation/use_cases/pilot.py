"""The pilot compared with the rest of the province, in a period."""

from datetime import date

from services.aggregation.domain.pilot import Comparison, compare, spans
from services.aggregation.store import totals
from shared.database import Database
from shared.units import UnitMap


async def ask(database: Database, units: UnitMap, province: str, first: date, last: date) -> Comparison:
    """Count each side by the marks of each day. For the province's own eyes: restricted cases count, too."""
    async with database.connection() as tx:
        found = [
            (span, await totals.by_unit_and_state(tx, span.first, span.last))
            for span in spans(units, province, first, last)
        ]
    return compare(found)
