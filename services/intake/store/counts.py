"""What happened at the doors without leaving a report: duplicates, conflicts, refusals."""

from collections.abc import Mapping

from shared.database import Connection

Tally = Mapping[tuple[str, str, str], int]
"""How many by (door, outcome, reason)."""

_ADD = """
INSERT INTO door_counts AS known (door, outcome, reason, n)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[])
ON CONFLICT (door, outcome, reason) DO UPDATE SET n = known.n + excluded.n
"""


async def add(tx: Connection, tally: Tally) -> None:
    """Add to the counts; last in a transaction, since everybody meets in these rows."""
    rows = sorted(tally.items())
    if rows:
        columns = zip(*((*key, n) for key, n in rows), strict=True)
        await tx.execute(_ADD, *map(list, columns))
