"""What cases are compared by, on the ground of each: a place and a circle (`circle.py`)."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from services.routing.domain.incidents.circle import OPEN, circle_on, closed_circle
from services.routing.domain.incidents.matching import Compared
from services.routing.domain.incidents.prints import Fingerprint
from services.routing.store.findings import findings_of
from shared.database import Connection

_CANDIDATES = """
WITH near AS (
    SELECT p.case_id, p.place FROM unnest($1::text[], $2::timestamptz[], $3::timestamptz[])
        AS u (place, since, till)
    CROSS JOIN LATERAL (
        SELECT case_id, place FROM incident_prints
        WHERE place = u.place AND at BETWEEN u.since AND u.till ORDER BY at DESC LIMIT $7
    ) AS p
    UNION
    SELECT p.case_id, p.place
    FROM unnest($4::text[], $5::text[]) AS k (place, category)
    JOIN unnest($1::text[], $2::timestamptz[], $3::timestamptz[]) AS u (place, since, till) USING (place)
    CROSS JOIN LATERAL (
        SELECT case_id, place FROM incident_prints
        WHERE place = k.place AND category = k.category AND at BETWEEN u.since AND u.till
        ORDER BY at DESC LIMIT $7
    ) AS p
)
SELECT p.place AS ground, p.print, f.earlier, c.case_id, c.incident, p.at, c.restricted,
    CASE WHEN c.restricted THEN c.unit END AS unit,
    CASE WHEN c.restricted THEN c.audience END AS audience,
    CASE WHEN c.restricted THEN c.findings END AS findings
FROM near JOIN incident_prints AS p USING (case_id, place)
JOIN cases AS c USING (case_id) LEFT JOIN follow_ups AS f USING (case_id)
WHERE c.state <> ALL ($6::text[]) ORDER BY p.at, p.case_id
"""
_PRINTS = """
INSERT INTO incident_prints (case_id, place, category, at, print)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::bytea[])
ON CONFLICT (case_id, place)
DO UPDATE SET category = excluded.category, at = excluded.at, print = excluded.print
"""
_KNOWN = "SELECT DISTINCT case_id FROM incident_prints WHERE case_id = ANY ($1::uuid[])"
_ELSEWHERE = """
DELETE FROM incident_prints AS p
WHERE p.case_id = ANY ($1::uuid[]) AND NOT EXISTS (
    SELECT FROM unnest($2::uuid[], $3::text[]) AS k (case_id, ground)
    WHERE k.case_id = p.case_id AND k.ground = p.place
) RETURNING p.case_id
"""
_FORGET_SUGGESTED = """
DELETE FROM incident_suggestions WHERE case_id = ANY ($1::uuid[]) OR other = ANY ($1::uuid[])
"""


@dataclass(frozen=True, slots=True)
class Span:
    """Where and when to look for candidates: the ground (`circle.py`), and submissions in [since, till]."""

    ground: str
    since: datetime
    till: datetime


async def candidates(
    tx: Connection,
    spans: Sequence[Span],
    categories: Iterable[tuple[str, str]],
    left_out: Collection[str],
    most: int,
) -> dict[str, list[Compared]]:
    """By ground, the newest cases: at most `most` of the ground and `most` of each (ground, category), none
    that is of another circle by now or in one of the states `left_out`; the oldest first."""
    pairs = sorted(set(categories))
    rows = await tx.fetch(
        _CANDIDATES,
        [span.ground for span in spans],
        [span.since for span in spans],
        [span.till for span in spans],
        [ground for ground, _ in pairs],
        [category for _, category in pairs],
        sorted(left_out),
        most,
    )
    found: dict[str, list[Compared]] = {}
    for row in rows:
        if _circle(row) != circle_on(row["ground"]):
            continue
        incident = UUID(row["incident"]) if row["incident"] else None
        print_ = Fingerprint.from_bytes(row["print"])
        one = Compared(row["case_id"], row["at"], print_, incident, row["earlier"])
        found.setdefault(row["ground"], []).append(one)
    return found


def _circle(row: asyncpg.Record) -> str:
    """The circle of a candidate's case as it stands."""
    if not row["restricted"]:
        return OPEN
    return closed_circle(row["unit"], findings_of(row["findings"]), row["audience"])


async def known(tx: Connection, case_ids: Collection[UUID]) -> set[UUID]:
    """Those of these cases that others are compared with."""
    if not case_ids:
        return set()
    return {row["case_id"] for row in await tx.fetch(_KNOWN, sorted(case_ids))}


async def forget_elsewhere(tx: Connection, grounds: Mapping[UUID, Collection[str]]) -> None:
    """These cases are compared on these grounds and no others; what was suggested elsewhere is no more."""
    if not grounds:
        return
    kept = [(case_id, ground) for case_id, there in sorted(grounds.items()) for ground in there]
    rows = await tx.fetch(_ELSEWHERE, sorted(grounds), [i for i, _ in kept], [ground for _, ground in kept])
    if rows:
        await tx.execute(_FORGET_SUGGESTED, sorted({row["case_id"] for row in rows}))


async def keep_prints(tx: Connection, prints: Sequence[tuple[UUID, str, str, datetime, bytes]]) -> None:
    """Keep (case, ground, category, submitted at, fingerprint), in place of what was kept before."""
    if prints:
        await tx.execute(_PRINTS, *(list(column) for column in zip(*sorted(prints), strict=True)))


async def forget_compared(tx: Connection, case_ids: Collection[UUID]) -> None:
    """Nothing of these cases is compared or suggested any more."""
    ids = sorted(case_ids)
    if not ids:
        return
    await tx.execute("DELETE FROM incident_prints WHERE case_id = ANY ($1::uuid[])", ids)
    await tx.execute(_FORGET_SUGGESTED, ids)
