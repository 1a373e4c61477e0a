"""Dead letters name whom they are about, and so do the reports of registered sources: by a keyed digest."""

from alembic import op

from shared.migrations import add_letter_subjects, drop_letter_subjects

revision = "intake_0003"
down_revision = "intake_0002"


def upgrade() -> None:
    add_letter_subjects()
    op.execute("ALTER TABLE reports ADD COLUMN subject bytea")


def downgrade() -> None:
    op.execute("ALTER TABLE reports DROP COLUMN subject")
    drop_letter_subjects()
