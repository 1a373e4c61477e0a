"""Dead letters of different records at one offset are told apart."""

from shared.migrations import forget_letters_timestamps, tell_letters_of_one_offset_apart

revision = "intake_0004"
down_revision = "intake_0003"


def upgrade() -> None:
    tell_letters_of_one_offset_apart()


def downgrade() -> None:
    forget_letters_timestamps()
