"""I7: versions are contiguous in the log of decisions, and every projection stands at the highest."""

from deploy.cli.checker.kafka_view import KafkaView
from deploy.cli.checker.result import Result, together
from deploy.cli.checker.sql import offenders
from shared.database import Connection

PROJECTIONS = ("intake.case_status", "aggregation.counted_cases", "notify.known_cases")

_DECISIONS = """
WITH log AS (
    SELECT case_id, count(*) AS n, min(version) AS lowest, max(version) AS highest
    FROM routing.case_decisions GROUP BY case_id
)
SELECT coalesce(c.case_id, l.case_id) || ': version ' || coalesce(c.version::text, 'none') || ', decisions '
       || coalesce(l.n || ' from ' || l.lowest || ' to ' || l.highest, 'none') AS culprit
FROM routing.cases AS c FULL JOIN log AS l ON l.case_id = c.case_id
WHERE (l.n = c.version AND l.lowest = 1 AND l.highest = c.version) IS NOT TRUE
"""
_BEHIND = """
SELECT '{projection} ' || coalesce(c.case_id, p.case_id) || ': version ' || coalesce(p.version::text, 'none')
       || ', case ' || coalesce(c.version::text, 'none') AS culprit
FROM routing.cases AS c FULL JOIN {projection} AS p ON p.case_id = c.case_id
WHERE p.version IS DISTINCT FROM c.version
"""


async def versions_agree(reader: Connection, _kafka: KafkaView) -> Result:
    """I7: the log of decisions against the cases, then each projection against the cases."""
    log = ("routing.cases", "routing.case_decisions")
    looks = [await offenders(reader, log, _DECISIONS)]
    for projection in PROJECTIONS:
        query = _BEHIND.format(projection=projection)
        looks.append(await offenders(reader, ("routing.cases", projection), query))
    return together(looks)
