"""The committed map into this installation: what is not there yet, written and announced together."""

from services.routing.map.seed import changes
from shared.contracts.events import MapChanged
from shared.database import Database
from shared.map_store import store_changes
from shared.outbox import Outgoing, announce


async def load_map(database: Database) -> tuple[int, int]:
    """Load what is missing; returns (changes written, newest map version). Harmless when repeated."""
    seeded = [MapChanged.model_validate(change, from_attributes=True) for change in changes()]
    async with database.transaction() as tx:
        await tx.execute("LOCK TABLE map_changes IN EXCLUSIVE MODE")
        fresh = await store_changes(tx, seeded)
        await announce(tx, "routing", [Outgoing(c) for c in seeded if c.map_version in fresh])
    return len(fresh), seeded[-1].map_version
