"""Sources, submissions, reports, sealed identities, the status of cases, sheets, erasures."""

from alembic import op

revision = "intake_0002"
down_revision = "intake_0001"

_TABLES = """
CREATE TABLE sources (
    id text PRIMARY KEY,
    name text NOT NULL,
    token_hash bytea NOT NULL UNIQUE,
    channels text[] NOT NULL,
    quota_per_minute int NOT NULL CHECK (quota_per_minute >= 0),
    active boolean NOT NULL,
    registered_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE source_keys (
    source_id text NOT NULL REFERENCES sources,
    key_id text NOT NULL,
    sealed_key bytea NOT NULL,
    PRIMARY KEY (source_id, key_id)
);
CREATE TABLE submissions (
    scope text NOT NULL,
    submission_key text NOT NULL,
    body_hash bytea NOT NULL,
    report_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (scope, submission_key)
);
CREATE TABLE refusals (
    scope text NOT NULL,
    submission_key text NOT NULL,
    body_hash bytea NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    report_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (scope, submission_key, body_hash)
);
CREATE TABLE reports (
    report_id uuid PRIMARY KEY,
    door text NOT NULL,
    purpose text NOT NULL,
    channel text NOT NULL,
    organisation text,
    language text NOT NULL,
    text text,
    place_hint text,
    reporter_unit text,
    latitude double precision,
    longitude double precision,
    observed_group text,
    stance text,
    breadth text,
    people int,
    second_hand boolean,
    occurred_at timestamptz,
    submitted_at timestamptz NOT NULL,
    arrived_at timestamptz NOT NULL,
    report_date date NOT NULL,
    time_flags text[] NOT NULL,
    tracking_hash bytea NOT NULL UNIQUE,
    traceparent text NOT NULL,
    subject bytea,
    received_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    withdrawn_at timestamptz
);
CREATE TABLE identities (
    report_id uuid PRIMARY KEY,
    key_id text NOT NULL,
    wrapped_key bytea NOT NULL,
    nonce bytea NOT NULL,
    ciphertext bytea NOT NULL
);
CREATE TABLE erased_reports (
    report_id uuid PRIMARY KEY,
    erased_at timestamptz NOT NULL
);
CREATE TABLE case_status (
    case_id uuid PRIMARY KEY,
    root_id uuid NOT NULL,
    version int NOT NULL,
    state text NOT NULL,
    restricted boolean NOT NULL,
    unit text,
    category text NOT NULL,
    listening_owner text NOT NULL,
    resolving_owner text,
    settle_by timestamptz,
    listen_by timestamptz,
    opened_at timestamptz NOT NULL,
    decided_at timestamptz NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 80);
CREATE TABLE sheets (
    sheet_id uuid PRIMARY KEY,
    source_id text NOT NULL REFERENCES sources,
    rows int NOT NULL,
    accepted int NOT NULL,
    duplicates int NOT NULL,
    rejected int NOT NULL,
    results jsonb NOT NULL,
    uploaded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE door_counts (
    door text NOT NULL,
    outcome text NOT NULL,
    reason text NOT NULL,
    n bigint NOT NULL,
    PRIMARY KEY (door, outcome, reason)
) WITH (fillfactor = 50);
"""
_NAMES = (
    "door_counts",
    "sheets",
    "case_status",
    "erased_reports",
    "identities",
    "reports",
    "refusals",
    "submissions",
    "source_keys",
    "sources",
)


def upgrade() -> None:
    op.execute(_TABLES)


def downgrade() -> None:
    for name in _NAMES:
        op.execute(f"DROP TABLE {name}")
