"""Dead letters name whom they are about."""

from shared.migrations import add_letter_subjects, drop_letter_subjects

revision = "notify_0003"
down_revision = "notify_0002"


def upgrade() -> None:
    add_letter_subjects()


def downgrade() -> None:
    drop_letter_subjects()
