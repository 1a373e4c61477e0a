"""Indexes for the list of cases by the report's date, and for the parts of a report."""

from alembic import op

revision = "routing_0003"
down_revision = "routing_0002"


def upgrade() -> None:
    # Reports come in about the order of their dates: a summary a block range finds a period and costs the
    # insert next to nothing. Parts are few: root cases do not enter the partial index.
    op.execute("""
CREATE INDEX cases_report_date ON cases USING brin (report_date) WITH (autosummarize = on);
CREATE INDEX cases_parts ON cases (root_id) WHERE root_id <> case_id;
""")


def downgrade() -> None:
    op.execute("DROP INDEX cases_report_date; DROP INDEX cases_parts")
