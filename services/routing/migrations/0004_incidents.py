"""Incidents: cases that are about the same matter, what they are compared by, and what a person must look at.

`incident_marks` says which cases the second step has not looked at yet: rows are only ever added, and deleted
by whoever has looked. `incident_prints` holds what a case is compared by, and goes with its reporter.
"""

from alembic import op

revision = "routing_0004"
down_revision = "routing_0003"

_TABLES = (
    "incident_apart",
    "follow_ups",
    "incident_suggestions",
    "incident_prints",
    "incident_marks",
    "incidents",
)


def upgrade() -> None:
    op.execute("""
CREATE TABLE incidents (
    incident_id uuid PRIMARY KEY,
    "leading" uuid NOT NULL,
    made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    merged_into uuid
);
CREATE INDEX cases_incident ON cases (incident) WHERE incident IS NOT NULL;
CREATE TABLE incident_marks (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    unit text NOT NULL,
    case_id uuid NOT NULL,
    left_incident text,
    marked_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
CREATE TABLE incident_prints (
    case_id uuid NOT NULL,
    place text NOT NULL,
    category text NOT NULL,
    at timestamptz NOT NULL,
    print bytea NOT NULL,
    PRIMARY KEY (case_id, place)
);
CREATE INDEX incident_prints_at ON incident_prints (place, at);
CREATE INDEX incident_prints_category ON incident_prints (place, category, at);
CREATE TABLE follow_ups (
    case_id uuid PRIMARY KEY,
    earlier uuid NOT NULL
);
CREATE TABLE incident_suggestions (
    case_id uuid NOT NULL,
    other uuid NOT NULL,
    score real NOT NULL,
    evidence bytea NOT NULL,
    suggested_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (case_id, other)
);
CREATE INDEX incident_suggestions_other ON incident_suggestions (other);
CREATE TABLE incident_apart (
    case_id uuid NOT NULL,
    incident_id uuid NOT NULL,
    PRIMARY KEY (case_id, incident_id)
);
""")


def downgrade() -> None:
    op.execute("DROP INDEX cases_incident")
    for table in _TABLES:
        op.execute(f"DROP TABLE {table}")
