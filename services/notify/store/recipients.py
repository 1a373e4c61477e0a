"""The table of recipients: loaded whole, told apart by a version that every change raises."""

from collections.abc import Sequence
from typing import NamedTuple

from services.notify.domain.recipients import Directory, Recipient
from shared.database import Connection

_VERSION = "SELECT version FROM recipients_version"
_ALL = "SELECT id, body, policy, active FROM recipients ORDER BY id"
_UPSERT = """
INSERT INTO recipients AS r (id, body, channel, address, secret_id, policy, active, language)
SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::boolean[],
    $8::text[])
ON CONFLICT (id) DO UPDATE SET body = excluded.body, channel = excluded.channel, address = excluded.address,
    secret_id = excluded.secret_id, policy = excluded.policy, active = excluded.active,
    language = excluded.language, changed_at = clock_timestamp()
WHERE (r.body, r.channel, r.address, r.secret_id, r.policy, r.active, r.language)
    IS DISTINCT FROM (excluded.body, excluded.channel, excluded.address, excluded.secret_id, excluded.policy,
        excluded.active, excluded.language)
"""


class RecipientRow(NamedTuple):
    """A recipient as the table holds it; a webhook's secret is derived from its `secret_id`."""

    id: str
    body: str
    channel: str
    address: str
    secret_id: str | None
    policy: str
    active: bool
    language: str


async def version(tx: Connection) -> int:
    """The table's version."""
    return int(await tx.fetchval(_VERSION))


async def directory(tx: Connection) -> Directory:
    """All recipients. The version is read first: a change in between is found by the next look."""
    at = await version(tx)
    rows = await tx.fetch(_ALL)
    return Directory(at, (Recipient(r["id"], r["body"], r["policy"], r["active"]) for r in rows))


async def upsert(tx: Connection, rows: Sequence[RecipientRow]) -> int:
    """Write recipients by their id; returns how many were new or different."""
    columns = [list(column) for column in zip(*sorted(rows), strict=True)]
    return int((await tx.execute(_UPSERT, *columns)).split()[-1])
