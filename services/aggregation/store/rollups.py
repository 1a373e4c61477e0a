"""Roll-ups: what every unit's day comes to, set anew from the leaves that changed.

The marks are deleted first and the leaves read by a later statement: in READ COMMITTED it sees every leaf
whose mark was seen. A leaf that changes in between has a mark of its own, which stays for the next round.
"""

from collections.abc import Sequence
from datetime import date

from shared.database import Connection

_LOCK_CLASS = 0x6C6E_0A
# A day before 2000 has a negative remainder, and must belong to a shard like any other.
_TAKE_MARKS = """
WITH seen AS (
    SELECT id FROM dirty WHERE map_version <= $1 AND ((day - DATE '2000-01-01') % $2 + $2) % $2 = $3
    ORDER BY id LIMIT $4
)
DELETE FROM dirty USING seen WHERE dirty.id = seen.id RETURNING dirty.day, dirty.place
"""
_UNITS = "SELECT id, path FROM places WHERE id = ANY($1::bigint[])"
_SET = """
INSERT INTO rollups AS r (unit, day, category, purpose, state, restricted, n)
SELECT a.unit, l.day, l.category, l.purpose, l.state, l.restricted, sum(l.n)
FROM leaf_counts AS l
JOIN places AS p ON p.id = l.place
CROSS JOIN LATERAL unnest(p.path) AS a(unit)
WHERE l.day = ANY($1::date[])
  AND (a.unit, l.day) IN (SELECT * FROM unnest($2::text[], $3::date[]))
GROUP BY a.unit, l.day, l.category, l.purpose, l.state, l.restricted
ORDER BY a.unit, l.day, l.category, l.purpose, l.state, l.restricted
ON CONFLICT (unit, day, category, purpose, state, restricted)
DO UPDATE SET n = excluded.n WHERE r.n <> excluded.n
"""


async def take_marks(
    tx: Connection, map_version: int, shard: int, shards: int, limit: int
) -> list[tuple[date, int]]:
    """Delete and return the oldest marks whose map is known here, as (day, place), `limit` of them at most.

    Only one process at a time works on a shard; the lock ends with the transaction.
    """
    await tx.execute("SELECT pg_advisory_xact_lock($1, $2)", _LOCK_CLASS, shard)
    rows = await tx.fetch(_TAKE_MARKS, map_version, shards, shard, limit)
    return [(row["day"], row["place"]) for row in rows]


async def paths_of(tx: Connection, places: Sequence[int]) -> dict[int, list[str]]:
    """The path behind each place, from the unit up."""
    return {row["id"]: row["path"] for row in await tx.fetch(_UNITS, places)}


async def set_rollups(tx: Connection, touched: Sequence[tuple[str, date]]) -> None:
    """Set every roll-up of these (unit, day) to the sum of its leaves."""
    days = sorted({day for _, day in touched})
    await tx.execute(_SET, days, [unit for unit, _ in touched], [day for _, day in touched])


async def waiting(tx: Connection) -> int:
    """Marks that no roll-up has taken in yet."""
    return int(await tx.fetchval("SELECT count(*) FROM dirty") or 0)
