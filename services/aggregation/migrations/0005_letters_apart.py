"""Dead letters of different records at one offset are told apart."""

from shared.migrations import forget_letters_timestamps, tell_letters_of_one_offset_apart

revision = "aggregation_0005"
down_revision = "aggregation_0004"


def upgrade() -> None:
    tell_letters_of_one_offset_apart()


def downgrade() -> None:
    forget_letters_timestamps()
