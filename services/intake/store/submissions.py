"""Who was first under a natural key, and what was refused."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from services.intake.domain.candidate import Candidate, Key, Refused, Standing
from shared.database import Connection

# A concurrent writer of the same key is waited for; the loser then finds the winner's row.
_CLAIM = """
INSERT INTO submissions (scope, submission_key, body_hash, report_id)
SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::uuid[])
ON CONFLICT DO NOTHING RETURNING report_id
"""
_STANDING = """
SELECT s.scope, s.submission_key, s.body_hash, s.report_id
FROM unnest($1::text[], $2::text[]) AS wanted (scope, key)
JOIN submissions s ON s.scope = wanted.scope AND s.submission_key = wanted.key
"""
_REFUSE = """
INSERT INTO refusals (scope, submission_key, body_hash, reason, detail, report_id)
SELECT * FROM unnest($1::text[], $2::text[], $3::bytea[], $4::text[], $5::text[], $6::uuid[])
ON CONFLICT DO NOTHING RETURNING report_id
"""
_ACCEPTED = "SELECT report_id, at FROM submissions WHERE scope = $1 AND submission_key = $2"
_REFUSED = """
SELECT reason, detail, at FROM refusals WHERE scope = $1 AND submission_key = $2 ORDER BY at LIMIT 100
"""

# An erasure locks the report's row before it looks for letters: whoever writes one waits for it, or it waits.
_STANDING_REPORTS = """
SELECT s.scope, s.submission_key, r.report_id
FROM unnest($1::text[], $2::text[]) AS wanted (scope, key)
JOIN submissions s ON s.scope = wanted.scope AND s.submission_key = wanted.key
JOIN reports r ON r.report_id = s.report_id
ORDER BY r.report_id FOR SHARE OF r
"""
_ERASED = "SELECT report_id FROM erased_reports WHERE report_id = ANY ($1::uuid[])"


async def claim(tx: Connection, firsts: Mapping[Key, Candidate]) -> frozenset[UUID]:
    """Write those whose natural key is free; returns their report ids. Keys come sorted."""
    rows = await tx.fetch(
        _CLAIM,
        [scope for scope, _ in firsts],
        [key for _, key in firsts],
        [c.fingerprint for c in firsts.values()],
        [c.report_id for c in firsts.values()],
    )
    return frozenset(row["report_id"] for row in rows)


async def standing(tx: Connection, keys: Collection[Key]) -> dict[Key, Standing]:
    """Who holds these natural keys."""
    if not keys:
        return {}
    rows = await tx.fetch(_STANDING, [scope for scope, _ in keys], [key for _, key in keys])
    return {
        (row["scope"], row["submission_key"]): Standing(row["body_hash"], row["report_id"]) for row in rows
    }


async def refuse(tx: Connection, refused: Sequence[Refused]) -> frozenset[UUID]:
    """Write refusals; returns the ids of those that were not there yet."""
    rows = sorted(refused, key=lambda r: (r.scope, r.key, r.fingerprint))
    written = await tx.fetch(
        _REFUSE,
        [r.scope for r in rows],
        [r.key for r in rows],
        [r.fingerprint for r in rows],
        [r.reason for r in rows],
        [r.detail for r in rows],
        [r.report_id for r in rows],
    )
    return frozenset(row["report_id"] for row in written)


async def erased(tx: Connection, keys: Collection[Key]) -> set[Key]:
    """Which of these natural keys belong to reports that were erased; none of the others is erased before
    the transaction ends."""
    if not keys:
        return set()
    rows = await tx.fetch(_STANDING_REPORTS, [scope for scope, _ in keys], [key for _, key in keys])
    gone = {row["report_id"] for row in await tx.fetch(_ERASED, [row["report_id"] for row in rows])}
    return {(row["scope"], row["submission_key"]) for row in rows if row["report_id"] in gone}


async def became(
    connection: Connection, scope: str, key: str
) -> tuple[tuple[UUID, datetime] | None, list[Any]]:
    """The accepted report under a natural key, and the refusals (reason, detail, at), oldest first."""
    accepted = await connection.fetchrow(_ACCEPTED, scope, key)
    refused = await connection.fetch(_REFUSED, scope, key)
    return (accepted["report_id"], accepted["at"]) if accepted else None, list(refused)
