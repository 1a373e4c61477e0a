"""I5: who was to be told has one notification, and each is in a delivery or says why not."""

from deploy.cli.checker.kafka_view import KafkaView
from deploy.cli.checker.result import Result, together
from deploy.cli.checker.sql import offenders
from shared.database import Connection

PATIENCE = "1 hour"
"""How long a notification may wait for its digest before that is a fault."""

_TWICE = """
SELECT subject_id || ' ' || event_id || ' ' || recipient_id || ': ' || count(*) || ' rows' AS culprit
FROM notify.notifications GROUP BY subject_kind, subject_id, event_id, recipient_id HAVING count(*) > 1
"""
_UNSENT = """
SELECT n.subject_id || ' ' || n.event_id || ' ' || n.recipient_id
    || ': ' || n.state || ' in no delivery' AS culprit FROM notify.notifications AS n
WHERE n.state IN ('queued', 'delivered', 'failed') AND NOT EXISTS (
    SELECT 1 FROM notify.delivery_items AS i
    WHERE (i.subject_kind, i.subject_id, i.event_id, i.recipient_id)
        = (n.subject_kind, n.subject_id, n.event_id, n.recipient_id))
"""
_UNEXPLAINED = """
SELECT n.subject_id || ' ' || n.event_id || ' ' || n.recipient_id
    || ': ' || n.state || ' without a reason' AS culprit FROM notify.notifications AS n
WHERE n.state IN ('superseded', 'unsent', 'failed') AND n.reason IS NULL
"""
_FORGOTTEN = """
SELECT n.subject_id || ' ' || n.event_id || ' ' || n.recipient_id
    || ': planned since ' || n.planned_at AS culprit FROM notify.notifications AS n
WHERE n.state = 'planned' AND n.planned_at < now() - $1::text::interval
"""
_UNTOLD = """
SELECT c.case_id || ': nobody to be told' AS culprit FROM routing.cases AS c
JOIN routing.case_decisions AS d ON d.case_id = c.case_id AND d.version = 1
WHERE c.audience && ARRAY[c.listening_owner, coalesce(c.resolving_owner, '')] AND NOT EXISTS (
    SELECT 1 FROM notify.notifications AS n WHERE n.subject_kind = 'case' AND n.subject_id = c.case_id)
"""
_OUTSIDERS = """
SELECT n.subject_id || ' ' || n.event_id || ' ' || n.recipient_id
    || ': told ' || n.body || ', which may not know' AS culprit FROM notify.notifications AS n
JOIN routing.cases AS c ON c.case_id = n.subject_id AND c.version = n.version
WHERE n.subject_kind = 'case' AND n.body <> ALL (c.audience)
"""
_SETTLED_APART = """
SELECT d.id || ': ' || d.state || ', but a notification of it is queued' AS culprit
FROM notify.deliveries AS d JOIN notify.delivery_items AS i ON i.delivery_id = d.id
JOIN notify.notifications AS n ON (n.subject_kind, n.subject_id, n.event_id, n.recipient_id)
    = (i.subject_kind, i.subject_id, i.event_id, i.recipient_id)
WHERE d.state IN ('delivered', 'failed', 'withheld') AND n.state = 'queued'
"""
_DELIVERED_TWICE = """
SELECT delivery_id || ': marked delivered ' || count(*) || ' times' AS culprit FROM notify.attempts
WHERE outcome = 'delivered' GROUP BY delivery_id HAVING count(*) > 1
"""


async def everybody_told_once(reader: Connection, _kafka: KafkaView) -> Result:
    """I5: one row per (subject, event, recipient), each delivered, on its way, or with a reason why not."""
    rows = ("notify.notifications",)
    items = (*rows, "notify.delivery_items", "notify.deliveries")
    cases = (*rows, "routing.cases", "routing.case_decisions")
    looks = [
        await offenders(reader, rows, _TWICE),
        await offenders(reader, items, _UNSENT),
        await offenders(reader, rows, _UNEXPLAINED),
        await offenders(reader, rows, _FORGOTTEN, PATIENCE),
        await offenders(reader, cases, _UNTOLD),
        await offenders(reader, cases, _OUTSIDERS),
        await offenders(reader, items, _SETTLED_APART),
        await offenders(reader, ("notify.attempts",), _DELIVERED_TWICE),
    ]
    return together(looks)
