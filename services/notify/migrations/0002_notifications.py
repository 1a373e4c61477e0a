"""Recipients, notifications, deliveries with their attempts, and the views that messages are written from."""

from alembic import op

revision = "notify_0002"
down_revision = "notify_0001"

_TABLES = (
    "attempts",
    "delivery_items",
    "deliveries",
    "notifications",
    "known_warnings",
    "known_cases",
    "recipients_version",
    "recipients",
)

_RECIPIENTS = """
CREATE TABLE recipients (
    id text PRIMARY KEY CHECK (id ~ '^[a-z0-9][a-z0-9._@:/-]{0,79}$'),
    body text NOT NULL,
    channel text NOT NULL CHECK (channel IN ('email', 'webhook')),
    address text NOT NULL CHECK (address !~ '[[:cntrl:]]'),
    secret_id text CHECK (channel <> 'webhook' OR secret_id IS NOT NULL),
    policy text NOT NULL DEFAULT 'digest' CHECK (policy IN ('digest', 'at_once', 'urgent_only')),
    active boolean NOT NULL DEFAULT true,
    language text NOT NULL DEFAULT 'vi' CHECK (language IN ('vi', 'en')),
    changed_at timestamptz NOT NULL DEFAULT clock_timestamp()
);
CREATE TABLE recipients_version (
    one boolean PRIMARY KEY DEFAULT true CHECK (one),
    version bigint NOT NULL
);
INSERT INTO recipients_version (version) VALUES (1);
CREATE FUNCTION recipients_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE recipients_version SET version = version + 1;
    RETURN NULL;
END $$;
CREATE TRIGGER recipients_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON recipients
    FOR EACH STATEMENT EXECUTE FUNCTION recipients_changed();
"""

_VIEWS = """
CREATE TABLE known_cases (
    case_id uuid PRIMARY KEY,
    version int NOT NULL,
    unit text,
    purpose text NOT NULL,
    category text NOT NULL,
    severity smallint NOT NULL,
    state text NOT NULL,
    restricted boolean NOT NULL,
    settle_by timestamptz,
    listening_owner text NOT NULL,
    resolving_owner text,
    audience text[] NOT NULL
);
CREATE TABLE known_warnings (
    warning_id uuid PRIMARY KEY,
    version int NOT NULL,
    unit text NOT NULL,
    category text NOT NULL,
    restricted boolean NOT NULL,
    window_start date NOT NULL,
    window_end date NOT NULL,
    observed int NOT NULL,
    expected double precision
);
"""

_NOTIFICATIONS = """
CREATE TABLE notifications (
    subject_kind text NOT NULL CHECK (subject_kind IN ('case', 'warning')),
    subject_id uuid NOT NULL,
    event_id uuid NOT NULL,
    recipient_id text NOT NULL,
    body text NOT NULL,
    version int NOT NULL,
    urgency text NOT NULL CHECK (urgency IN ('urgent', 'digest')),
    state text NOT NULL
        CHECK (state IN ('planned', 'queued', 'delivered', 'failed', 'superseded', 'unsent')),
    reason text CHECK (reason IS NOT NULL OR state NOT IN ('failed', 'superseded', 'unsent')),
    trace_id uuid,
    planned_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    settled_at timestamptz,
    PRIMARY KEY (subject_kind, subject_id, event_id, recipient_id)
);
CREATE INDEX notifications_urgent ON notifications (recipient_id, planned_at)
    WHERE state = 'planned' AND urgency = 'urgent';
CREATE INDEX notifications_digest ON notifications (recipient_id, planned_at)
    WHERE state = 'planned' AND urgency = 'digest';
"""

_DELIVERIES = """
CREATE TABLE deliveries (
    id uuid PRIMARY KEY,
    recipient_id text NOT NULL REFERENCES recipients (id),
    body text NOT NULL,
    unit text NOT NULL GENERATED ALWAYS AS (split_part(body, '@', 2)) STORED,
    channel text NOT NULL,
    kind text NOT NULL CHECK (kind IN ('urgent', 'digest', 'flood')),
    items int NOT NULL CHECK (items > 0),
    state text NOT NULL DEFAULT 'ready'
        CHECK (state IN ('ready', 'sending', 'delivered', 'failed', 'withheld')),
    attempts int NOT NULL DEFAULT 0,
    next_attempt_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    lease_token uuid,
    leased_until timestamptz,
    error text CHECK (error ~ '^[a-z0-9_]{1,40}$'),
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    settled_at timestamptz
);
CREATE INDEX deliveries_ready ON deliveries (next_attempt_at) WHERE state = 'ready';
CREATE INDEX deliveries_sending ON deliveries (leased_until) WHERE state = 'sending';
CREATE INDEX deliveries_recent ON deliveries (recipient_id, created_at);
CREATE INDEX deliveries_unit ON deliveries (unit, id);
CREATE TABLE delivery_items (
    delivery_id uuid NOT NULL REFERENCES deliveries (id),
    subject_kind text NOT NULL,
    subject_id uuid NOT NULL,
    event_id uuid NOT NULL,
    recipient_id text NOT NULL,
    PRIMARY KEY (subject_kind, subject_id, event_id, recipient_id, delivery_id)
);
CREATE INDEX delivery_items_delivery ON delivery_items (delivery_id);
CREATE TABLE attempts (
    delivery_id uuid NOT NULL REFERENCES deliveries (id),
    number int NOT NULL,
    started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    ended_at timestamptz,
    outcome text CHECK (outcome IN ('delivered', 'retry', 'failed', 'withheld', 'lost')),
    error text CHECK (error ~ '^[a-z0-9_]{1,40}$'),
    PRIMARY KEY (delivery_id, number)
);
"""


def upgrade() -> None:
    for statements in (_RECIPIENTS, _VIEWS, _NOTIFICATIONS, _DELIVERIES):
        op.execute(statements)


def downgrade() -> None:
    for table in _TABLES:
        op.execute(f"DROP TABLE {table}")
    op.execute("DROP FUNCTION recipients_changed()")
