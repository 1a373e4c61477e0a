"""Who opened what was sealed, and when: kept for good (Luật 91/2025/QH15 on personal data)."""

from alembic import op

revision = "intake_0003"
down_revision = "intake_0002"


def upgrade() -> None:
    op.execute("""
CREATE TABLE access_log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL CHECK (actor <> ''),
    act text NOT NULL,
    subject text NOT NULL
);
""")


def downgrade() -> None:
    op.execute("DROP TABLE access_log")
