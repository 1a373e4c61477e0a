"""Positions, outbox, dead letters, map changes."""

from alembic import op

from shared.migrations import MESSAGING_TABLES, create_messaging_tables

revision = "intake_0001"
down_revision = None


def upgrade() -> None:
    create_messaging_tables()


def downgrade() -> None:
    for table in MESSAGING_TABLES:
        op.execute(f"DROP TABLE {table}")
