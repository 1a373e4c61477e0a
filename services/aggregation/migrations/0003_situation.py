"""Warnings, and what people write into situation reports."""

from alembic import op

revision = "aggregation_0003"
down_revision = "aggregation_0002"


def upgrade() -> None:
    op.execute("""
CREATE TABLE warnings (
    warning_id uuid PRIMARY KEY,
    unit text NOT NULL,
    path text[] NOT NULL,
    category text NOT NULL,
    window_start date NOT NULL,
    window_end date NOT NULL,
    detector text NOT NULL,
    restricted boolean NOT NULL,
    observed int NOT NULL,
    expected double precision NOT NULL,
    threshold double precision NOT NULL,
    raised_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    cleared_at timestamptz,
    cleared_observed int,
    UNIQUE (unit, category, window_start, window_end, detector)
);
CREATE INDEX warnings_standing ON warnings (window_end) WHERE cleared_at IS NULL;
CREATE TABLE situation_reports (
    unit text NOT NULL,
    period text NOT NULL CHECK (period ~ '^[0-9]{4}-(W?[0-9]{2})$'),
    version int NOT NULL CHECK (version > 0),
    assessment text NOT NULL,
    proposals text NOT NULL,
    written_by text NOT NULL,
    written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (unit, period, version)
);
""")


def downgrade() -> None:
    op.execute("DROP TABLE situation_reports")
    op.execute("DROP TABLE warnings")
