"""History that can be proved: a link a decision, a root a day, and the text of every version of the rules.

Routing's own role may add to the history and may not change it; only words can be erased. What was decided
before has no link, and `chain_began` says until when that may be.
"""

from alembic import op

revision = "routing_0008"
down_revision = "routing_0007"

_APPEND_ONLY = ("case_decisions", "chain_roots", "chain_began", "rules")


def upgrade() -> None:
    op.execute("""
ALTER TABLE cases ADD COLUMN chain_head bytea NOT NULL DEFAULT '';
ALTER TABLE case_decisions
    ADD COLUMN link bytea NOT NULL DEFAULT '', ADD COLUMN commitment bytea, ADD COLUMN salt bytea;
CREATE INDEX case_decisions_day ON case_decisions USING brin (decided_at) WITH (autosummarize = on);
CREATE TABLE chain_began (at timestamptz PRIMARY KEY);
INSERT INTO chain_began VALUES (clock_timestamp());
CREATE TABLE chain_roots (
    day date PRIMARY KEY,
    cases bigint NOT NULL,
    root bytea NOT NULL,
    sealed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE rules (
    version text PRIMARY KEY,
    files bytea NOT NULL,
    taken_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
""")
    for table in _APPEND_ONLY:
        op.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {table} FROM CURRENT_USER")
    # What an erased reporter's words were matched by goes with them; the codes beside them are in the link.
    op.execute("GRANT UPDATE (reasons, salt) ON case_decisions TO CURRENT_USER")


def downgrade() -> None:
    op.execute("""
GRANT UPDATE, DELETE, TRUNCATE ON case_decisions TO CURRENT_USER;
DROP TABLE rules;
DROP TABLE chain_roots;
DROP TABLE chain_began;
DROP INDEX case_decisions_day;
ALTER TABLE case_decisions DROP COLUMN link, DROP COLUMN commitment, DROP COLUMN salt;
ALTER TABLE cases DROP COLUMN chain_head;
""")
