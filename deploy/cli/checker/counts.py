"""I4: the counts are what grouping routing's cases gives, and every roll-up is the sum of its leaves."""

from deploy.cli.checker.kafka_view import KafkaView
from deploy.cli.checker.result import Result, together
from deploy.cli.checker.sql import offenders
from shared.database import Connection

_LEAVES = """
WITH counted AS (
    SELECT l.day, p.path, l.category, l.legal_kind, l.purpose, l.channel, l.organisation, l.severity, l.state,
           l.restricted, sum(l.n)::bigint AS n
    FROM aggregation.leaf_counts AS l JOIN aggregation.places AS p ON p.id = l.place
    WHERE l.n <> 0 GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
), truth AS (
    SELECT report_date AS day, coalesce(path_then, path) AS path, category, legal_kind, purpose, channel,
           coalesce(organisation, '') AS organisation, severity, state, restricted, count(*) AS n
    FROM routing.cases GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10
)
SELECT concat_ws(' ', day, path[1], category, legal_kind, purpose, channel, organisation, severity, state)
       || ': counted ' || coalesce(c.n, 0) || ', cases ' || coalesce(t.n, 0) AS culprit
FROM counted AS c FULL JOIN truth AS t
    USING (day, path, category, legal_kind, purpose, channel, organisation, severity, state, restricted)
WHERE coalesce(c.n, 0) <> coalesce(t.n, 0)
"""
_LOST_PLACES = """
SELECT 'leaf on ' || l.day || ' of unknown place ' || l.place AS culprit FROM aggregation.leaf_counts AS l
LEFT JOIN aggregation.places AS p ON p.id = l.place WHERE p.id IS NULL OR p.unit <> l.unit
"""
_ROLLUPS = """
WITH sums AS (
    SELECT a.unit, l.day, l.category, l.purpose, l.state, l.restricted, sum(l.n)::bigint AS n
    FROM aggregation.leaf_counts AS l JOIN aggregation.places AS p ON p.id = l.place
    CROSS JOIN LATERAL unnest(p.path) AS a (unit)
    GROUP BY 1, 2, 3, 4, 5, 6
)
SELECT concat_ws(' ', unit, day, category, purpose, state)
       || ': rolled up ' || coalesce(r.n, 0) || ', leaves ' || coalesce(s.n, 0) AS culprit
FROM aggregation.rollups AS r FULL JOIN sums AS s USING (unit, day, category, purpose, state, restricted)
WHERE coalesce(r.n, 0) <> coalesce(s.n, 0)
"""


async def counts_are_true(reader: Connection, _kafka: KafkaView) -> Result:
    """I4: leaves against cases, key by key; roll-ups against leaves."""
    leaves = ("aggregation.leaf_counts", "aggregation.places")
    return together(
        [
            await offenders(reader, (*leaves, "routing.cases"), _LEAVES),
            await offenders(reader, leaves, _LOST_PLACES),
            await offenders(reader, (*leaves, "aggregation.rollups"), _ROLLUPS),
        ]
    )
