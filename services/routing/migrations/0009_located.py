"""Where a report was sent from, beside its text and erased with it: to decide again by what it told."""

from alembic import op

revision = "routing_0009"
down_revision = "routing_0008"


def upgrade() -> None:
    op.execute("""
ALTER TABLE case_texts
    ADD COLUMN latitude double precision, ADD COLUMN longitude double precision,
    ADD CHECK ((latitude IS NULL) = (longitude IS NULL));
""")


def downgrade() -> None:
    op.execute("ALTER TABLE case_texts DROP COLUMN latitude, DROP COLUMN longitude")
