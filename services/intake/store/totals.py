"""What came to all doors and what became of it: submitted = accepted + duplicates + rejected."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.contracts.topics import group_of
from shared.database import Connection

if TYPE_CHECKING:
    import asyncpg

_GROUP = group_of("intake", "reports.submitted")
_TOTALS = """
SELECT 'accepted' AS kind, door, '' AS reason, count(*) AS n FROM intake.reports GROUP BY door
UNION ALL
SELECT 'duplicate', 'kafka', '', sum(duplicate) FROM intake.positions WHERE consumer_group = $1
UNION ALL
SELECT 'duplicate', door, '', n FROM intake.door_counts WHERE outcome = 'duplicate'
UNION ALL
SELECT 'duplicate', 'kafka', '', count(*) FROM intake.dead_letters
WHERE consumer_group = $1 AND state = 'redriven' AND settled_reason = 'duplicate'
UNION ALL
SELECT 'rejected', 'kafka', reason, count(*) FROM intake.dead_letters
WHERE consumer_group = $1 AND state <> 'redriven' GROUP BY reason
UNION ALL
SELECT 'rejected', door, coalesce(nullif(reason, ''), outcome), n FROM intake.door_counts
WHERE outcome <> 'duplicate'
"""


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts of submissions; `rejected_by` has keys `<door>:<reason>`."""

    accepted: int
    duplicates: int
    rejected_by: dict[str, int]

    @property
    def rejected(self) -> int:
        """Refusals at the door, refused rows, conflicts and dead letters."""
        return sum(self.rejected_by.values())

    @property
    def submitted(self) -> int:
        """Everything that came."""
        return self.accepted + self.duplicates + self.rejected


async def totals(connection: Connection) -> Totals:
    """Count; needs no more than the right to read. Refusals of the last half second may not be in yet."""
    rows = await connection.fetch(_TOTALS, _GROUP)
    return Totals(
        _sum(rows, "accepted"),
        _sum(rows, "duplicate"),
        {f"{row['door']}:{row['reason']}": int(row["n"]) for row in rows if row["kind"] == "rejected"},
    )


def _sum(rows: "Sequence[asyncpg.Record]", kind: str) -> int:
    return sum(int(row["n"] or 0) for row in rows if row["kind"] == kind)
