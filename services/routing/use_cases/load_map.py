"""The committed map into this installation: what is not there yet, written and announced together."""

from services.routing.map.seed import changes
from services.routing.store.map import first_entered
from shared.contracts.events import MapChanged
from shared.database import Database
from shared.map_store import store_changes
from shared.outbox import Outgoing, announce


class Diverged(Exception):
    """A version that the committed map holds is another change here, entered by somebody."""


async def load_map(database: Database) -> tuple[int, int]:
    """Load what is missing; returns (changes written, newest map version). Harmless when repeated.

    Raises Diverged, with nothing written, where people have entered changes under versions of the seed: a
    seed that has grown must come to such an installation as a sheet of changes.
    """
    seeded = [MapChanged.model_validate(change, from_attributes=True) for change in changes()]
    async with database.transaction() as tx:
        await tx.execute("LOCK TABLE map_changes IN EXCLUSIVE MODE")
        if (first := await first_entered(tx)) is not None and first <= seeded[-1].map_version:
            raise Diverged(f"version {first} was entered here; the committed map holds another one")
        fresh = await store_changes(tx, seeded)
        await announce(tx, "routing", [Outgoing(c) for c in seeded if c.map_version in fresh])
    return len(fresh), seeded[-1].map_version
