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
    # The chain commits to coordinates that are there: without them no such case could be proved again.
    op.execute("""
DO $$ BEGIN
    IF EXISTS (SELECT FROM case_texts WHERE latitude IS NOT NULL) THEN
        RAISE EXCEPTION 'cases were opened with coordinates, which their history commits to';
    END IF;
END $$
""")
    op.execute("ALTER TABLE case_texts DROP COLUMN latitude, DROP COLUMN longitude")
