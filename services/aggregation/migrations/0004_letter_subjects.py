"""Dead letters name whom they are about."""

from shared.migrations import add_letter_subjects, drop_letter_subjects

revision = "aggregation_0004"
down_revision = "aggregation_0003"


def upgrade() -> None:
    add_letter_subjects()


def downgrade() -> None:
    drop_letter_subjects()
