"""Alembic for every service: one schema, one role, one version table a service.

Each service keeps its steps in `services/<name>/migrations/`; the tables that the messaging needs are the
same everywhere and made by `create_messaging_tables` in each service's first step.
"""

from pathlib import Path

import psycopg
from alembic import command, op
from alembic.config import Config
from psycopg import sql

SERVICES = ("intake", "routing", "aggregation", "notify")
_ROOT = Path(__file__).resolve().parents[2]

MESSAGING_TABLES = ("map_changes", "dead_letters", "outbox", "position_gaps", "positions")
_CREATE = """
CREATE TABLE positions (
    consumer_group text NOT NULL,
    topic text NOT NULL,
    topic_id text NOT NULL,
    partition int NOT NULL,
    started_at bigint NOT NULL,
    next_offset bigint NOT NULL,
    consumed bigint NOT NULL DEFAULT 0,
    fresh bigint NOT NULL DEFAULT 0,
    duplicate bigint NOT NULL DEFAULT 0,
    dead bigint NOT NULL DEFAULT 0,
    holes bigint NOT NULL DEFAULT 0,
    gap bigint NOT NULL DEFAULT 0,
    updated_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (consumer_group, topic_id, partition)
) WITH (fillfactor = 50);
CREATE TABLE position_gaps (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer_group text NOT NULL,
    topic text NOT NULL,
    topic_id text NOT NULL,
    partition int NOT NULL,
    from_offset bigint NOT NULL,
    to_offset bigint NOT NULL,
    accepted_by text NOT NULL,
    accepted_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE outbox (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    shard smallint NOT NULL,
    topic text NOT NULL,
    key bytea NOT NULL,
    headers bytea NOT NULL,
    payload bytea NOT NULL
) WITH (
    -- Rows live for an instant: compressing an event of 2 kB would cost more than all else done to it.
    toast_tuple_target = 8160,
    autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 20000
);
CREATE TABLE dead_letters (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer_group text NOT NULL,
    topic text NOT NULL,
    topic_id text NOT NULL,
    partition int NOT NULL,
    record_offset bigint NOT NULL,
    record_ms bigint NOT NULL,
    subject bytea,
    reason text NOT NULL,
    detail text NOT NULL,
    payload bytea,
    sealed boolean NOT NULL,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'redriven', 'discarded')),
    settled_by text,
    settled_reason text,
    settled_at timestamptz,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    CONSTRAINT dead_letters_record UNIQUE (consumer_group, topic_id, partition, record_offset, record_ms)
);
CREATE INDEX dead_letters_by_subject ON dead_letters (subject) WHERE state = 'open';
CREATE TABLE map_changes (
    map_version int PRIMARY KEY,
    payload bytea NOT NULL,
    recorded_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
"""


def create_messaging_tables() -> None:
    """Positions, gaps, outbox, dead letters and the changes of the map, in the service's own schema."""
    op.execute(_CREATE)


def provision(admin_dsn: str, passwords: dict[str, str]) -> None:
    """Make each service's role and schema, and `langnghe_reader`, who may read everything and write nothing.

    `passwords` has a key for each service and one for `reader`; running it again sets them anew. No service
    can see another's schema.
    """
    with psycopg.connect(admin_dsn, autocommit=True) as connection:
        for name in (*SERVICES, "reader"):
            _ensure_role(connection, f"langnghe_{name}", passwords[name])
        connection.execute("REVOKE ALL ON SCHEMA public FROM PUBLIC")
        for name in SERVICES:
            role, schema = sql.Identifier(f"langnghe_{name}"), sql.Identifier(name)
            connection.execute(
                sql.SQL("CREATE SCHEMA IF NOT EXISTS {} AUTHORIZATION {}").format(schema, role)
            )
            connection.execute(sql.SQL("GRANT USAGE ON SCHEMA {} TO langnghe_reader").format(schema))
            connection.execute(
                sql.SQL(
                    "ALTER DEFAULT PRIVILEGES FOR ROLE {} IN SCHEMA {} "
                    "GRANT SELECT ON TABLES TO langnghe_reader"
                ).format(role, schema)
            )


def _ensure_role(connection: "psycopg.Connection[tuple[object, ...]]", role: str, password: str) -> None:
    known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (role,)).fetchone()
    verb = sql.SQL("ALTER" if known else "CREATE")
    connection.execute(
        sql.SQL("{} ROLE {} LOGIN PASSWORD {}").format(verb, sql.Identifier(role), sql.Literal(password))
    )


def migrate(service: str, dsn: str, revision: str = "head") -> None:
    """Bring one service's schema to `revision` (up or down), as the service's own role."""
    config = _config(service, dsn)
    if revision == "base" or revision.startswith("-"):
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def _config(service: str, dsn: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_ROOT / "shared" / "migrations"))
    config.set_main_option("version_locations", str(_ROOT / "services" / service / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["service"] = service
    config.attributes["dsn"] = dsn.replace("postgresql://", "postgresql+psycopg://", 1)
    return config
