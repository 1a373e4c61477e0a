"""How a case was answered, and what its reporter said to that: once for each settlement."""

from alembic import op

revision = "intake_0004"
down_revision = "intake_0003"


def upgrade() -> None:
    op.execute("""
ALTER TABLE case_status
    ADD COLUMN outcome text,
    ADD COLUMN object_by timestamptz,
    ADD COLUMN settlement smallint NOT NULL DEFAULT 1;
CREATE TABLE feedback (
    report_id uuid NOT NULL,
    settlement smallint NOT NULL,
    verdict text NOT NULL,
    case_version int NOT NULL,
    given_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (report_id, settlement)
);
""")


def downgrade() -> None:
    op.execute("""
DROP TABLE feedback;
ALTER TABLE case_status DROP COLUMN outcome, DROP COLUMN object_by, DROP COLUMN settlement;
""")
