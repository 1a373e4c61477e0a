"""A small sound world, written by hand into the services' tables: two reports, told to their owners."""

from uuid import UUID

import asyncpg

ONE, TWO = UUID(int=1), UUID(int=2)
EVENT_ONE, EVENT_TWO, EVENT_CLOSED = UUID(int=11), UUID(int=12), UUID(int=13)
DELIVERY = UUID(int=21)
EMPTY = """
TRUNCATE intake.submissions, intake.refusals, intake.reports, intake.identities, intake.case_status,
    intake.positions, intake.outbox, intake.dead_letters, routing.cases, routing.case_decisions,
    routing.parked_commands, routing.incident_marks, routing.dead_letters, routing.positions,
    aggregation.places, aggregation.counted_cases, aggregation.leaf_counts, aggregation.rollups,
    notify.known_cases, notify.attempts, notify.delivery_items, notify.deliveries, notify.notifications,
    notify.recipients;
"""
INTAKE = """
INSERT INTO intake.reports (report_id, door, purpose, channel, language, text, submitted_at, arrived_at,
    report_date, time_flags, tracking_hash, traceparent)
SELECT id, 'http', 'request', 'web', 'vi', 'Ổ gà', now(), now(), '2026-10-05', '{}', hash, ''
FROM (VALUES ('{one}'::uuid, 'a'::bytea), ('{two}', 'b')) AS v (id, hash);
INSERT INTO intake.submissions (scope, submission_key, body_hash, report_id)
VALUES ('web', 'k1', 'x', '{one}'), ('web', 'k2', 'y', '{two}');
INSERT INTO intake.refusals (scope, submission_key, body_hash, reason, detail, report_id)
VALUES ('web', 'k3', 'z', 'text_empty', '', '00000000-0000-0000-0000-000000000063');
INSERT INTO intake.case_status (case_id, root_id, version, state, restricted, category, listening_owner,
    opened_at, decided_at)
VALUES ('{one}', '{one}', 1, 'opened', false, 'khac', 'mttq@uaaaaaa', now(), now()),
       ('{two}', '{two}', 2, 'withdrawn', false, 'khac', 'mttq@uaaaaaa', now(), now());
"""
ROUTING = """
INSERT INTO routing.cases (case_id, root_id, version, unit, path, purpose, category, legal_kind, severity,
    flags, state, level, restricted, listening_owner, resolving_owner, channel, report_date, submitted_at,
    received_at, deadline_provisional, audience, findings, map_version, rules_version)
SELECT id, id, version, 'uaaaaaa', '{uaaaaaa,ubbbbbb}', 'request', 'khac', 'phan_anh', 1, '{}', state,
    'commune', false, 'mttq@uaaaaaa', 'ubnd@uaaaaaa', 'web', '2026-10-05', now(), now(), false,
    '{mttq@uaaaaaa,ubnd@uaaaaaa}', '', 1, '1'
FROM (VALUES ('{one}'::uuid, 1, 'opened'), ('{two}', 2, 'withdrawn')) AS v (id, version, state);
INSERT INTO routing.case_decisions (case_id, version, causing_event, step, kind, reasons, map_version,
    rules_version, decided_at)
VALUES ('{one}', 1, '{event_one}', 0, 'Opened', '', 1, '1', now()),
       ('{two}', 1, '{event_two}', 0, 'Opened', '', 1, '1', now()),
       ('{two}', 2, '{event_closed}', 0, 'Withdrawn', '', 1, '1', now());
"""
AGGREGATION = """
INSERT INTO aggregation.places VALUES (7, 'uaaaaaa', '{uaaaaaa,ubbbbbb}');
INSERT INTO aggregation.counted_cases (case_id, version, map_version, day, place, unit, category, legal_kind,
    purpose, channel, organisation, severity, state, restricted, level, flags)
SELECT case_id, version, 1, report_date, 7, unit, category, legal_kind, purpose, channel, '', severity, state,
    restricted, level, '{}' FROM routing.cases;
INSERT INTO aggregation.leaf_counts SELECT day, place, unit, category, legal_kind, purpose, channel,
    organisation, severity, state, restricted, count(*) FROM aggregation.counted_cases
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11;
INSERT INTO aggregation.rollups SELECT u, day, category, purpose, state, restricted, n
    FROM aggregation.leaf_counts, unnest('{uaaaaaa,ubbbbbb}'::text[]) AS u;
"""
NOTIFY = """
INSERT INTO notify.known_cases (case_id, version, purpose, category, severity, state, restricted,
    listening_owner, audience)
SELECT case_id, version, purpose, category, severity, state, restricted, listening_owner, audience
FROM routing.cases;
INSERT INTO notify.recipients (id, body, channel, address)
VALUES ('r1', 'ubnd@uaaaaaa', 'email', 'someone@example.org');
INSERT INTO notify.notifications (subject_kind, subject_id, event_id, recipient_id, body, version, urgency,
    state, reason)
VALUES ('case', '{one}', '{event_one}', 'r1', 'ubnd@uaaaaaa', 1, 'digest', 'delivered', NULL),
       ('case', '{two}', '{event_two}', 'r1', 'ubnd@uaaaaaa', 1, 'digest', 'superseded', 'newer_version'),
       ('case', '{two}', '{event_closed}', 'r1', 'ubnd@uaaaaaa', 2, 'digest', 'planned', NULL);
INSERT INTO notify.deliveries (id, recipient_id, body, channel, kind, items, state)
VALUES ('{delivery}', 'r1', 'ubnd@uaaaaaa', 'email', 'digest', 1, 'delivered');
INSERT INTO notify.delivery_items VALUES ('{delivery}', 'case', '{one}', '{event_one}', 'r1');
INSERT INTO notify.attempts (delivery_id, number, outcome) VALUES ('{delivery}', 1, 'delivered');
"""


def filled(statements: str) -> str:
    """With the ids in place of their names."""
    names = {
        "one": ONE,
        "two": TWO,
        "event_one": EVENT_ONE,
        "event_two": EVENT_TWO,
        "event_closed": EVENT_CLOSED,
        "delivery": DELIVERY,
    }
    for name, value in names.items():
        statements = statements.replace(f"{{{name}}}", str(value))
    return statements


async def make_sound(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
    """Empty the tables and write the world anew."""
    for statements in (EMPTY, INTAKE, ROUTING, AGGREGATION, NOTIFY):
        await connection.execute(filled(statements))
