"""Counted cases, leaf counts, dirty marks, roll-ups.

A leaf's key begins with its day: a period is a range of the key, and so is a day that is recomputed. The
place stands for the whole path, so that a leaf keeps the ancestors that its cases had. Leaves whose count
fell to zero stay: the roll-up above them is set to zero by the same statement as any other.
"""

from alembic import op

revision = "aggregation_0002"
down_revision = "aggregation_0001"

TABLES = ("rollups", "dirty", "leaf_counts", "counted_cases", "places")


def upgrade() -> None:
    op.execute("""
CREATE TABLE places (
    id bigint PRIMARY KEY,
    unit text NOT NULL,
    path text[] NOT NULL CHECK (path[1] = unit)
);
CREATE TABLE counted_cases (
    case_id uuid PRIMARY KEY,
    version int NOT NULL CHECK (version > 0),
    map_version int NOT NULL,
    day date NOT NULL,
    place bigint NOT NULL,
    unit text NOT NULL,
    category text NOT NULL,
    legal_kind text NOT NULL,
    purpose text NOT NULL,
    channel text NOT NULL,
    organisation text NOT NULL,
    severity smallint NOT NULL,
    state text NOT NULL,
    restricted boolean NOT NULL,
    level text NOT NULL,
    flags text[] NOT NULL,
    observed_group text,
    stance text,
    breadth text,
    people int,
    second_hand boolean,
    settle_by timestamptz,
    counted_at timestamptz NOT NULL DEFAULT clock_timestamp()
) WITH (fillfactor = 85);
CREATE INDEX counted_cases_day ON counted_cases USING brin (day) WITH (pages_per_range = 16);
CREATE TABLE leaf_counts (
    day date NOT NULL,
    place bigint NOT NULL,
    unit text NOT NULL,
    category text NOT NULL,
    legal_kind text NOT NULL,
    purpose text NOT NULL,
    channel text NOT NULL,
    organisation text NOT NULL,
    severity smallint NOT NULL,
    state text NOT NULL,
    restricted boolean NOT NULL,
    n int NOT NULL CHECK (n >= 0),
    PRIMARY KEY (day, place, category, legal_kind, purpose, channel, organisation, severity, state,
                 restricted)
) WITH (fillfactor = 70);
CREATE TABLE dirty (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    day date NOT NULL,
    place bigint NOT NULL,
    map_version int NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000);
CREATE TABLE rollups (
    unit text NOT NULL,
    day date NOT NULL,
    category text NOT NULL,
    purpose text NOT NULL,
    state text NOT NULL,
    restricted boolean NOT NULL,
    n int NOT NULL CHECK (n >= 0),
    PRIMARY KEY (unit, day, category, purpose, state, restricted)
) WITH (fillfactor = 70);
""")


def downgrade() -> None:
    for table in TABLES:
        op.execute(f"DROP TABLE {table}")
