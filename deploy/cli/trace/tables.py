"""What the services' tables say of a report and its cases. $1: the ids of both."""

from collections.abc import Sequence
from uuid import UUID

import orjson

from deploy.cli.trace.entry import Entry
from services.routing.store.rows import reasons_of
from shared.database import Connection

_STEPS = {
    "intake.reports": """
        SELECT received_at AS at, 'accepted' AS what, json_build_object('door', door, 'purpose', purpose,
            'channel', channel, 'submitted_at', submitted_at, 'report_date', report_date) AS facts
        FROM intake.reports WHERE report_id = ANY ($1)
        UNION ALL SELECT withdrawn_at, 'withdrawn by its reporter', '{}'::json
        FROM intake.reports WHERE report_id = ANY ($1) AND withdrawn_at IS NOT NULL""",
    "intake.refusals": """
        SELECT at, 'refused' AS what, json_build_object('reason', reason, 'detail', detail) AS facts
        FROM intake.refusals WHERE report_id = ANY ($1)""",
    "intake.erased_reports": """
        SELECT erased_at AS at, 'reporter erased' AS what, '{}'::json AS facts
        FROM intake.erased_reports WHERE report_id = ANY ($1)""",
    "intake.case_status": """
        SELECT updated_at AS at, 'status shown to the reporter' AS what, json_build_object('case', case_id,
            'version', version, 'state', state) AS facts
        FROM intake.case_status WHERE case_id = ANY ($1)""",
    "routing.parked_commands": """
        SELECT parked_at AS at, 'waits for its case' AS what, json_build_object('command', kind) AS facts
        FROM routing.parked_commands WHERE case_id = ANY ($1)""",
    "routing.incident_marks": """
        SELECT marked_at AS at, 'waits to be compared' AS what, json_build_object('unit', unit) AS facts
        FROM routing.incident_marks WHERE case_id = ANY ($1)""",
    "routing.incident_suggestions": """
        SELECT suggested_at AS at, 'may go with another case' AS what, json_build_object('case', case_id,
            'other', other, 'score', score) AS facts
        FROM routing.incident_suggestions WHERE case_id = ANY ($1) OR other = ANY ($1)""",
    "routing.erased_reports": """
        SELECT erased_at AS at, 'text erased' AS what, '{}'::json AS facts
        FROM routing.erased_reports WHERE report_id = ANY ($1)""",
    "routing.reached": """
        SELECT at, 'body reached' AS what, json_build_object('body', body, 'channel', channel) AS facts
        FROM routing.reached WHERE case_id = ANY ($1)""",
    "aggregation.counted_cases": """
        SELECT counted_at AS at, 'counted' AS what, json_build_object('case', case_id, 'version', version,
            'day', day, 'unit', unit, 'category', category, 'state', state) AS facts
        FROM aggregation.counted_cases WHERE case_id = ANY ($1)""",
    "notify.notifications": """
        SELECT planned_at AS at, 'notification ' || state AS what, json_build_object('body', body,
            'version', version, 'urgency', urgency, 'reason', reason, 'event', event_id) AS facts
        FROM notify.notifications WHERE subject_kind = 'case' AND subject_id = ANY ($1)""",
    "notify.deliveries": """
        SELECT DISTINCT ON (d.id) d.created_at AS at, 'delivery ' || d.state AS what,
            json_build_object('delivery', d.id, 'body', d.body, 'channel', d.channel, 'kind', d.kind,
            'items', d.items) AS facts
        FROM notify.delivery_items AS i JOIN notify.deliveries AS d ON d.id = i.delivery_id
        WHERE i.subject_kind = 'case' AND i.subject_id = ANY ($1)""",
    "notify.attempts": """
        SELECT DISTINCT ON (a.delivery_id, a.number) a.started_at AS at,
            'attempt ' || a.number || ': ' || coalesce(a.outcome, 'under way') AS what,
            json_build_object('delivery', a.delivery_id, 'ended_at', a.ended_at, 'error', a.error) AS facts
        FROM notify.delivery_items AS i JOIN notify.attempts AS a USING (delivery_id)
        WHERE i.subject_kind = 'case' AND i.subject_id = ANY ($1)""",
}
_DECISIONS = """
SELECT case_id, version, kind, reasons, map_version, rules_version, causing_event, decided_at
FROM routing.case_decisions WHERE case_id = ANY ($1) ORDER BY case_id, version
"""


async def steps(reader: Connection, ids: Sequence[UUID]) -> list[Entry]:
    """Every row that names the report or a case of it, as a step."""
    found = []
    for table, query in _STEPS.items():
        for row in await reader.fetch(query, ids):
            facts = {name: value for name, value in orjson.loads(row["facts"]).items() if value is not None}
            found.append(Entry(row["at"], table, row["what"], facts))
    return found + await _decisions(reader, ids)


async def _decisions(reader: Connection, ids: Sequence[UUID]) -> list[Entry]:
    """Decisions with the rules and laws that led to them; the words that a rule matched stay there."""
    return [
        Entry(
            row["decided_at"],
            "routing.case_decisions",
            f"{row['kind'].lower()} (version {row['version']})",
            {
                "case": str(row["case_id"]),
                "reasons": [
                    f"{r.rule}@{r.version}" + (f" ({r.basis})" if r.basis else "")
                    for r in reasons_of(row["reasons"])
                ],
                "map_version": row["map_version"],
                "cause": str(row["causing_event"]),
            },
        )
        for row in await reader.fetch(_DECISIONS, ids)
    ]
