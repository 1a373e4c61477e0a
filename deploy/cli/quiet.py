"""When is all quiet? Nothing in an outbox, parked, unread or uncompared, no roll-up owed, no mail due.

Cheap enough to be asked several times a second; the checker, which reads every record, comes after it.
"""

import asyncio
import time
from collections import Counter
from collections.abc import Callable

import asyncpg

from deploy.cli.lag import lags

_WAITING = """
SELECT 'intake outbox' AS what, count(*) AS n FROM intake.outbox
UNION ALL SELECT 'routing outbox', count(*) FROM routing.outbox
UNION ALL SELECT 'aggregation outbox', count(*) FROM aggregation.outbox
UNION ALL SELECT 'notify outbox', count(*) FROM notify.outbox
UNION ALL SELECT 'parked commands', count(*) FROM routing.parked_commands
UNION ALL SELECT 'cases to compare', count(*) FROM routing.incident_marks
UNION ALL SELECT 'roll-ups', count(*) FROM aggregation.dirty
UNION ALL SELECT 'planned notifications', count(*) FROM notify.notifications WHERE state = 'planned'
UNION ALL SELECT 'deliveries', count(*) FROM notify.deliveries WHERE state IN ('ready', 'sending')
"""

Waiting = dict[str, int]
"""What still waits, and how much of it; empty when all is quiet."""


async def waiting(reader: "asyncpg.Connection[asyncpg.Record]", bootstrap: str) -> Waiting:
    """What is on its way now, named; `reader` may read every schema."""
    found = Counter({row["what"]: row["n"] for row in await reader.fetch(_WAITING)})
    for lag in await lags(reader, bootstrap):
        found[lag.group] += lag.behind
    return {what: n for what, n in found.items() if n}


async def quiet(
    reader_dsn: str,
    bootstrap: str,
    *,
    deadline_s: float,
    but_for: frozenset[str] = frozenset(),
    tell: Callable[[Waiting], None] | None = None,
) -> None:
    """Wait until two looks in a row find nothing; `but_for` names what may wait. Raises TimeoutError."""
    reader = await asyncpg.connect(reader_dsn)
    give_up_at = time.monotonic() + deadline_s
    calm = 0
    try:
        while calm < 2:
            left = {what: n for what, n in (await waiting(reader, bootstrap)).items() if what not in but_for}
            calm = 0 if left else calm + 1
            if tell is not None:
                tell(left)
            if left and time.monotonic() > give_up_at:
                raise TimeoutError(f"still waiting: {left}")
            await asyncio.sleep(0.1)
    finally:
        await reader.close()
