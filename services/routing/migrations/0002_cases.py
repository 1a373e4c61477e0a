"""Cases, their decisions and texts; commands that wait for their case; who was reached; who was erased."""

from alembic import op

revision = "routing_0002"
down_revision = "routing_0001"

_TABLES = ("erased_reports", "reached", "parked_commands", "case_texts", "case_decisions", "cases")

_CREATE = """
CREATE TABLE cases (
    case_id uuid PRIMARY KEY,
    root_id uuid NOT NULL,
    version int NOT NULL CHECK (version >= 1),
    unit text,
    path text[] NOT NULL,
    purpose text NOT NULL,
    category text NOT NULL,
    legal_kind text NOT NULL,
    severity smallint NOT NULL,
    flags text[] NOT NULL,
    state text NOT NULL,
    level text NOT NULL,
    restricted boolean NOT NULL,
    listening_owner text NOT NULL,
    resolving_owner text,
    channel text NOT NULL,
    organisation text,
    observed_group text,
    stance text,
    breadth text,
    people int,
    second_hand boolean,
    report_date date NOT NULL,
    submitted_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    forward_by timestamptz,
    settle_by timestamptz,
    listen_by timestamptz,
    deadline_rule text,
    deadline_provisional boolean NOT NULL,
    incident text,
    audience text[] NOT NULL,
    findings bytea NOT NULL,
    map_version int NOT NULL,
    rules_version text NOT NULL,
    opened_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX cases_triage ON cases (case_id) WHERE state = 'triage';
CREATE INDEX cases_unit ON cases (unit, case_id);
CREATE TABLE case_decisions (
    case_id uuid NOT NULL,
    version int NOT NULL,
    causing_event uuid NOT NULL,
    step smallint NOT NULL,
    kind text NOT NULL,
    reasons bytea NOT NULL,
    changes bytea,
    map_version int NOT NULL,
    rules_version text NOT NULL,
    decided_at timestamptz NOT NULL,
    traceparent text,
    PRIMARY KEY (case_id, version),
    UNIQUE (case_id, causing_event, step)
);
CREATE TABLE case_texts (
    case_id uuid PRIMARY KEY,
    text text NOT NULL,
    place_hint text,
    reporter_unit text
);
CREATE TABLE parked_commands (
    case_id uuid NOT NULL,
    causing_event uuid NOT NULL,
    kind text NOT NULL,
    at timestamptz NOT NULL,
    traceparent text,
    parked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (case_id, causing_event)
);
CREATE TABLE reached (
    case_id uuid NOT NULL,
    body text NOT NULL,
    channel text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (case_id, body, channel)
);
CREATE TABLE erased_reports (
    report_id uuid PRIMARY KEY,
    erased_at timestamptz NOT NULL
);
"""


def upgrade() -> None:
    op.execute(_CREATE)


def downgrade() -> None:
    for table in _TABLES:
        op.execute(f"DROP TABLE {table}")
