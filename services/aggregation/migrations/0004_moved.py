"""Where a case stands that a change of the map has moved: it is counted where it was on its report's date."""

from alembic import op

revision = "aggregation_0004"
down_revision = "aggregation_0003"


def upgrade() -> None:
    # Moved cases are few: the partial index costs a new case nothing.
    op.execute("""
ALTER TABLE counted_cases ADD COLUMN now_unit text;
CREATE INDEX counted_cases_moved ON counted_cases (day) WHERE now_unit IS NOT NULL;
""")


def downgrade() -> None:
    op.execute("DROP INDEX counted_cases_moved; ALTER TABLE counted_cases DROP COLUMN now_unit")
