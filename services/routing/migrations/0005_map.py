"""Who entered a change of the map, how far cases have followed it, which of them wait for a person's choice.

`cases.path_then`: where a case was on its report's date, if a change has moved it since.
`map_marks`: cases that may lie elsewhere by now, noted where they were written.
"""

from alembic import op

revision = "routing_0005"
down_revision = "routing_0004"


def upgrade() -> None:
    # Moved cases are few: the partial index costs a new case nothing.
    op.execute("""
ALTER TABLE cases ADD COLUMN path_then text[];
CREATE INDEX cases_moved ON cases ((path_then[1])) WHERE path_then[1] IS NOT NULL;
CREATE TABLE map_entries (
    map_version int PRIMARY KEY,
    change_id uuid NOT NULL UNIQUE,
    entered_by text NOT NULL,
    entered_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE map_followed (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    map_version int NOT NULL,
    day date NOT NULL
);
CREATE TABLE map_marks (
    case_id uuid PRIMARY KEY
);
CREATE TABLE map_choices (
    case_id uuid NOT NULL,
    map_version int NOT NULL,
    from_unit text NOT NULL,
    candidates bytea NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    chosen text,
    chosen_by text,
    chosen_at timestamptz,
    PRIMARY KEY (case_id, map_version)
);
CREATE UNIQUE INDEX map_choices_open ON map_choices (case_id) WHERE chosen_at IS NULL;
""")


def downgrade() -> None:
    op.execute("""
DROP TABLE map_choices, map_marks, map_followed, map_entries;
DROP INDEX cases_moved;
ALTER TABLE cases DROP COLUMN path_then;
""")
