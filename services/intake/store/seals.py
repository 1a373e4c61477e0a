"""What is sealed, batch by batch, where it is not under the active key-encryption key."""

from collections.abc import Sequence
from uuid import UUID

from services.intake.domain.sealing import Sealed
from shared.database import Connection

SourceKey = tuple[str, str]
"""A source's id and its key's id."""

_SOURCE_KEYS = """
SELECT source_id, key_id, sealed_key FROM source_keys
WHERE (source_id, key_id) > ($1, $2) AND substr(sealed_key, 1, length($3::bytea)) <> $3
ORDER BY source_id, key_id LIMIT $4 FOR UPDATE
"""
_LETTERS = """
SELECT id, payload FROM dead_letters
WHERE id > $1 AND sealed AND payload IS NOT NULL AND substr(payload, 1, length($2::bytea)) <> $2
ORDER BY id LIMIT $3 FOR UPDATE
"""
_IDENTITIES = """
SELECT report_id, key_id, wrapped_key, nonce, ciphertext FROM identities
WHERE report_id > $1 AND key_id <> $2 ORDER BY report_id LIMIT $3 FOR UPDATE
"""
_WRITE_SOURCE_KEYS = """
UPDATE source_keys AS s SET sealed_key = new.sealed
FROM unnest($1::text[], $2::text[], $3::bytea[]) AS new (source_id, key_id, sealed)
WHERE s.source_id = new.source_id AND s.key_id = new.key_id
"""
_WRITE_LETTERS = """
UPDATE dead_letters AS d SET payload = new.sealed
FROM unnest($1::bigint[], $2::bytea[]) AS new (id, sealed) WHERE d.id = new.id
"""
_WRITE_IDENTITIES = """
UPDATE identities AS i SET key_id = new.key_id, wrapped_key = new.wrapped_key
FROM unnest($1::uuid[], $2::text[], $3::bytea[]) AS new (report_id, key_id, wrapped_key)
WHERE i.report_id = new.report_id
"""


async def source_keys(
    tx: Connection, after: SourceKey, active: bytes, limit: int
) -> list[tuple[SourceKey, bytes]]:
    """Lock sealed keys of sources that do not begin with `active`, in order of their ids."""
    rows = await tx.fetch(_SOURCE_KEYS, *after, active, limit)
    return [((row["source_id"], row["key_id"]), row["sealed_key"]) for row in rows]


async def letters(tx: Connection, after: int, active: bytes, limit: int) -> list[tuple[int, bytes]]:
    """Lock sealed dead letters that do not begin with `active`, in order of their ids."""
    return [(row["id"], row["payload"]) for row in await tx.fetch(_LETTERS, after, active, limit)]


async def identities(tx: Connection, after: UUID, active: str, limit: int) -> list[tuple[UUID, Sealed]]:
    """Lock identities whose data keys are not wrapped by the key `active`, in order of their reports."""
    rows = await tx.fetch(_IDENTITIES, after, active, limit)
    return [
        (row["report_id"], Sealed(row["key_id"], row["wrapped_key"], row["nonce"], row["ciphertext"]))
        for row in rows
    ]


async def write_source_keys(tx: Connection, rows: Sequence[tuple[SourceKey, bytes]]) -> None:
    """Put sealed keys in place of those that stand there."""
    sources = [source for (source, _), _ in rows]
    await tx.execute(
        _WRITE_SOURCE_KEYS, sources, [key for (_, key), _ in rows], [sealed for _, sealed in rows]
    )


async def write_letters(tx: Connection, rows: Sequence[tuple[int, bytes]]) -> None:
    """Put sealed payloads in place of those that stand there."""
    await tx.execute(_WRITE_LETTERS, [id_ for id_, _ in rows], [sealed for _, sealed in rows])


async def write_identities(tx: Connection, rows: Sequence[tuple[UUID, Sealed]]) -> None:
    """Put wrapped data keys in place of those that stand there; ciphertexts stay."""
    await tx.execute(
        _WRITE_IDENTITIES,
        [report_id for report_id, _ in rows],
        [sealed.key_id for _, sealed in rows],
        [sealed.wrapped_key for _, sealed in rows],
    )
