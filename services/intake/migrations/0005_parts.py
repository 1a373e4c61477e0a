"""What a reporter says is said of one case of a report; a report's parts are found by their root."""

from alembic import op

revision = "intake_0005"
down_revision = "intake_0004"


def upgrade() -> None:
    op.execute("""
ALTER TABLE feedback ADD COLUMN case_id uuid;
UPDATE feedback SET case_id = report_id;
ALTER TABLE feedback
    ALTER COLUMN case_id SET NOT NULL,
    DROP CONSTRAINT feedback_pkey,
    ADD PRIMARY KEY (case_id, settlement);
CREATE INDEX case_status_parts ON case_status (root_id) WHERE case_id <> root_id;
""")


def downgrade() -> None:
    op.execute("""
DROP INDEX case_status_parts;
DELETE FROM feedback WHERE case_id <> report_id;
ALTER TABLE feedback DROP CONSTRAINT feedback_pkey, DROP COLUMN case_id,
    ADD PRIMARY KEY (report_id, settlement);
""")
