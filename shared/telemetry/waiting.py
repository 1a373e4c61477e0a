"""What waits in a service's own tables, looked at every few seconds: the outbox and open dead letters.

Apart from the relay, so that the outbox is measured above all when the relay cannot do its work.
"""

from shared.database import Database
from shared.telemetry.metrics import DEAD_LETTER_AGE, DEAD_LETTERS, OUTBOX

_OUTBOX = "SELECT count(*) FROM outbox"
_LETTERS = """
SELECT topic, CASE WHEN reason LIKE 'sqlstate%' THEN 'sqlstate' ELSE reason END AS reason, count(*) AS n,
    extract(epoch FROM clock_timestamp() - min(created_at))::float8 AS age
FROM dead_letters WHERE state = 'open' GROUP BY 1, 2
"""


class WaitingGauges:
    """Sets the gauges of one service; call it every few seconds."""

    def __init__(self, service: str, database: Database) -> None:
        self._service, self._database = service, database
        self._known: set[tuple[str, str]] = set()
        self._outbox = OUTBOX.labels(service)
        self._age = DEAD_LETTER_AGE.labels(service)

    async def __call__(self) -> None:
        """One look; where letters of a reason are all settled, their gauge goes to 0."""
        async with self._database.connection() as connection:
            self._outbox.set(await connection.fetchval(_OUTBOX))
            letters = await connection.fetch(_LETTERS)
        found = {(row["topic"], row["reason"]): row["n"] for row in letters}
        for topic, reason in self._known | found.keys():
            DEAD_LETTERS.labels(self._service, topic, reason).set(found.get((topic, reason), 0))
        self._known |= found.keys()
        self._age.set(max((row["age"] for row in letters), default=0.0))
