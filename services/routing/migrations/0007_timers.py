"""When a case must be looked at by the clock, by which rules, and how many calls a body had in an hour."""

from alembic import op

revision = "routing_0007"
down_revision = "routing_0006"


def upgrade() -> None:
    # Only cases whose clocks run are in the index: it stays as small as what is open.
    op.execute("""
ALTER TABLE cases ADD COLUMN look_at timestamptz;
CREATE INDEX cases_look ON cases (look_at) WHERE look_at IS NOT NULL;
CREATE TABLE calls (
    body text NOT NULL,
    hour timestamptz NOT NULL,
    sent int NOT NULL,
    held int NOT NULL,
    PRIMARY KEY (body, hour)
);
CREATE TABLE timers_armed (
    single boolean PRIMARY KEY DEFAULT true CHECK (single),
    digest text NOT NULL,
    armed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
INSERT INTO timers_armed (digest) VALUES ('');
UPDATE cases SET look_at = clock_timestamp() WHERE forward_by IS NOT NULL;
""")


def downgrade() -> None:
    op.execute("""
DROP TABLE timers_armed;
DROP TABLE calls;
DROP INDEX cases_look;
ALTER TABLE cases DROP COLUMN look_at;
""")
