"""I1, I2, I3: from what was submitted to the one case that it became, or to none."""

from uuid import UUID

import asyncpg

from deploy.cli.checker.kafka_view import KafkaView
from deploy.cli.checker.result import Result, not_checked, together
from deploy.cli.checker.sql import missing, offenders
from shared.database import Connection
from shared.messaging.dead_letters import thaw

_ACCEPTED, _CASES = "intake.reports", "routing.cases"
_LETTERS = """
SELECT topic, partition, record_offset, payload FROM routing.dead_letters
WHERE state = 'open' AND topic = 'reports.events' AND NOT sealed AND payload IS NOT NULL
"""
_NO_CASE = """
SELECT r.report_id || ': no case' AS culprit FROM intake.reports AS r
WHERE NOT EXISTS (SELECT 1 FROM routing.cases AS c WHERE c.case_id = r.report_id AND c.root_id = c.case_id)
  AND r.report_id <> ALL ($1::uuid[])
"""
_LOST_PART = """
SELECT c.case_id || ': its root ' || c.root_id || ' is no root case' AS culprit FROM routing.cases AS c
WHERE NOT EXISTS (SELECT 1 FROM routing.cases AS r WHERE r.case_id = c.root_id AND r.root_id = r.case_id)
"""
_UNASKED = """
SELECT c.case_id || ': no accepted report' AS culprit FROM routing.cases AS c
WHERE c.root_id = c.case_id
  AND NOT EXISTS (SELECT 1 FROM intake.reports AS r WHERE r.report_id = c.case_id)
"""
_REFUSED = """
SELECT f.report_id || ': refused, and yet accepted' AS culprit FROM intake.refusals AS f
WHERE EXISTS (SELECT 1 FROM intake.reports AS r WHERE r.report_id = f.report_id)
   OR EXISTS (SELECT 1 FROM routing.cases AS c WHERE c.case_id = f.report_id)
"""
_KEY_WITHOUT_REPORT = """
SELECT s.report_id || ': key without report' AS culprit FROM intake.submissions AS s
WHERE NOT EXISTS (SELECT 1 FROM intake.reports AS r WHERE r.report_id = s.report_id)
"""
_REPORT_WITHOUT_KEY = """
SELECT r.report_id || ': report without key' AS culprit FROM intake.reports AS r
WHERE NOT EXISTS (SELECT 1 FROM intake.submissions AS s WHERE s.report_id = r.report_id)
"""
_KEYS = """
SELECT report_id || ': ' || count(*) || ' keys' AS culprit FROM intake.submissions
GROUP BY report_id HAVING count(*) > 1
"""
_SCOPED = """
SELECT scope || ': a key with ' || count(*) || ' reports' AS culprit FROM intake.submissions
GROUP BY scope, submission_key HAVING count(DISTINCT report_id) > 1
"""
_TRACKING = """
SELECT min(report_id::text) || ': tracking code shared by ' || count(*) AS culprit FROM intake.reports
GROUP BY tracking_hash HAVING count(*) > 1
"""


async def accepted_have_one_case(reader: Connection, _kafka: KafkaView) -> Result:
    """I1: each accepted report has exactly one root case, or one open dead letter that names it."""
    tables = (_ACCEPTED, _CASES, "routing.dead_letters", "routing.case_decisions")
    if gone := await missing(reader, tables):
        return not_checked(f"no {', '.join(gone)}")
    named = [_named(row) for row in await reader.fetch(_LETTERS)]
    waiting = [report for report in named if report is not None]
    return together(
        [
            await offenders(reader, tables, _NO_CASE, waiting),
            await offenders(reader, tables, _LOST_PART),
        ]
    )


async def refused_have_none(reader: Connection, _kafka: KafkaView) -> Result:
    """I2: no refused submission became a report or a case, and no case came from nowhere."""
    tables = (_ACCEPTED, _CASES, "intake.refusals")
    return together([await offenders(reader, tables, query) for query in (_UNASKED, _REFUSED)])


async def one_report_a_key(reader: Connection, _kafka: KafkaView) -> Result:
    """I3: a submission key has one report, a report one key and a tracking code of its own."""
    tables = (_ACCEPTED, "intake.submissions")
    queries = (_KEY_WITHOUT_REPORT, _REPORT_WITHOUT_KEY, _KEYS, _SCOPED, _TRACKING)
    return together([await offenders(reader, tables, query) for query in queries])


def _named(letter: asyncpg.Record) -> UUID | None:
    """The report that a dead letter names: the record's key; None if it names none."""
    record = thaw(letter["payload"], letter["topic"], letter["partition"], letter["record_offset"])
    try:
        return UUID((record.key or b"").decode())
    except ValueError:
        return None
