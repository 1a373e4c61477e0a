"""Registered sources as rows; their keys are sealed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import asyncpg

from shared.database import Connection

_UPSERT = """
INSERT INTO sources (id, name, token_hash, channels, quota_per_minute, active)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET name = excluded.name, token_hash = excluded.token_hash,
    channels = excluded.channels, quota_per_minute = excluded.quota_per_minute, active = excluded.active
"""
_DROP_KEYS = "DELETE FROM source_keys WHERE source_id = $1"
_ADD_KEYS = """
INSERT INTO source_keys (source_id, key_id, sealed_key)
SELECT $1, * FROM unnest($2::text[], $3::bytea[])
"""
_ALL = """
SELECT id, token_hash, channels, quota_per_minute, active,
    ARRAY(SELECT key_id FROM source_keys WHERE source_id = id ORDER BY key_id) AS key_ids,
    ARRAY(SELECT sealed_key FROM source_keys WHERE source_id = id ORDER BY key_id) AS sealed_keys
FROM sources
"""


SourceRecord: TypeAlias = "asyncpg.Record"


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A source to write. `sealed_keys` by key id."""

    id: str
    name: str
    token_hash: bytes
    channels: tuple[str, ...]
    quota_per_minute: int
    active: bool
    sealed_keys: dict[str, bytes]


async def upsert(tx: Connection, rows: Sequence[SourceRow]) -> None:
    """Write sources with their keys as they are now; keys that are not named are no longer valid."""
    for row in sorted(rows, key=lambda r: r.id):
        await tx.execute(
            _UPSERT, row.id, row.name, row.token_hash, list(row.channels), row.quota_per_minute, row.active
        )
        await tx.execute(_DROP_KEYS, row.id)
        await tx.execute(_ADD_KEYS, row.id, list(row.sealed_keys), list(row.sealed_keys.values()))


async def all_sources(connection: Connection) -> list[SourceRecord]:
    """Every source: id, token_hash, channels, quota_per_minute, active, key_ids, sealed_keys."""
    return list(await connection.fetch(_ALL))
