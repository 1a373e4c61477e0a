"""How a case was settled, until when its reporter may object, which body decided, and calendars seen."""

from alembic import op

revision = "routing_0006"
down_revision = "routing_0005"


def upgrade() -> None:
    op.execute("""
ALTER TABLE cases ADD COLUMN outcome text, ADD COLUMN object_by timestamptz;
CREATE INDEX cases_told ON cases (object_by) WHERE state = 'told';
ALTER TABLE case_decisions ADD COLUMN by_body text;
CREATE TABLE calendars (
    digest text PRIMARY KEY,
    moved int NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
""")


def downgrade() -> None:
    op.execute("""
DROP TABLE calendars;
ALTER TABLE case_decisions DROP COLUMN by_body;
DROP INDEX cases_told;
ALTER TABLE cases DROP COLUMN outcome, DROP COLUMN object_by;
""")
