"""Incidents: marks of cases to look at, who belongs together, who does not, what a person is asked about."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from uuid import UUID

from services.routing.domain.case import Case
from services.routing.store.rows import case_of
from shared.database import Connection

_LOCK_CLASS = 0x6C6E_14
_WAITING_UNITS = """
SELECT DISTINCT unit FROM (SELECT unit FROM incident_marks ORDER BY id LIMIT $1) AS oldest
"""
# Ordered, so that who waits for several places (officers do) waits in one order.
_TRY = """
SELECT place FROM (SELECT unnest($2::text[]) AS place ORDER BY 1) AS p
WHERE pg_try_advisory_xact_lock($1, hashtext(place))
"""
_WAIT = """
SELECT pg_advisory_xact_lock($1, key)
FROM (SELECT DISTINCT hashtext(unnest($2::text[])) AS key ORDER BY 1) AS keys
"""
_TAKE = """
DELETE FROM incident_marks WHERE id IN (
    SELECT id FROM incident_marks WHERE unit = ANY ($1::text[]) ORDER BY id LIMIT $2
) RETURNING case_id, unit, left_incident
"""
_SUBJECTS = """
SELECT c.*, t.text FROM cases AS c LEFT JOIN case_texts AS t USING (case_id)
WHERE c.case_id = ANY ($1::uuid[])
"""
_SUGGEST = """
INSERT INTO incident_suggestions (case_id, other, score, evidence)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::real[], $4::bytea[]) ON CONFLICT DO NOTHING
"""
_FOLLOW = """
INSERT INTO follow_ups (case_id, earlier) SELECT * FROM unnest($1::uuid[], $2::uuid[]) ON CONFLICT DO NOTHING
"""
_INCIDENTS = """
SELECT incident_id, "leading", merged_into FROM incidents WHERE incident_id = ANY ($1::uuid[])
"""
_SET = """
INSERT INTO incidents (incident_id, "leading")
SELECT * FROM unnest($1::uuid[], $2::uuid[])
ON CONFLICT (incident_id) DO UPDATE SET "leading" = excluded."leading", merged_into = NULL
"""
_APART = """
WITH asked AS (SELECT case_id, root_id FROM cases WHERE case_id = ANY ($1::uuid[])), beside AS (
    SELECT a.case_id, c.case_id AS other, c.incident FROM asked AS a JOIN cases AS c USING (root_id)
    WHERE c.root_id <> c.case_id AND c.case_id <> a.case_id
    UNION ALL
    SELECT a.case_id, c.case_id, c.incident FROM asked AS a JOIN cases AS c ON c.case_id = a.root_id
    WHERE a.root_id <> a.case_id
)
SELECT case_id, other AS incident_id FROM beside
UNION SELECT case_id, incident::uuid FROM beside WHERE incident IS NOT NULL
UNION SELECT case_id, incident_id FROM incident_apart WHERE case_id = ANY ($1::uuid[])
"""
_KEEP_APART = """
INSERT INTO incident_apart (case_id, incident_id)
SELECT * FROM unnest($1::uuid[], $2::uuid[]) ON CONFLICT DO NOTHING
"""
_INHERIT = """
INSERT INTO incident_apart
SELECT a.case_id, u.incident_id FROM unnest($1::uuid[], $2::uuid[]) AS u (incident_id, "leading")
JOIN incident_apart AS a ON a.incident_id = u."leading" ON CONFLICT DO NOTHING
"""
_MEMBERS = "SELECT case_id FROM cases WHERE incident = ANY ($1::text[]) ORDER BY case_id"
_WAITING = """
SELECT count(*) AS n, coalesce(extract(epoch FROM clock_timestamp() - min(marked_at)), 0)::float8 AS oldest_s
FROM incident_marks
"""


class Mark(NamedTuple):
    """A case to look at in one of its units; `left_incident`: the one that it has just left."""

    case_id: UUID
    unit: str
    left_incident: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """A case that was marked, with its text, if that was not erased."""

    case: Case
    text: str | None


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident's leading case; `merged_into`: the incident that it has become part of."""

    incident_id: UUID
    leading: UUID
    merged_into: UUID | None


async def mark(tx: Connection, marks: Sequence[Mark]) -> None:
    """Note these for the second step; marks are only ever added."""
    if marks:
        columns = ("case_id", "unit", "left_incident")
        await tx.copy_records_to_table("incident_marks", records=marks, columns=columns)


async def waiting_units(tx: Connection, limit: int) -> list[str]:
    """The units of the oldest marks."""
    return [row["unit"] for row in await tx.fetch(_WAITING_UNITS, limit)]


async def waiting(tx: Connection) -> tuple[int, float]:
    """How many marks wait, and for how many seconds the oldest has."""
    row = await tx.fetchrow(_WAITING)
    assert row is not None
    return row["n"], row["oldest_s"]


async def try_places(tx: Connection, places: Collection[str]) -> set[str]:
    """Take those of these places that nobody works on; the locks end with the transaction."""
    return {row["place"] for row in await tx.fetch(_TRY, _LOCK_CLASS, sorted(places))}


async def wait_for_places(tx: Connection, places: Collection[str]) -> None:
    """Take all of these places, waiting for who works on them."""
    await tx.execute(_WAIT, _LOCK_CLASS, sorted(places))


async def take_marks(tx: Connection, units: Collection[str], limit: int) -> list[Mark]:
    """Delete and return the oldest marks of these units, under their places' locks."""
    return [Mark(*row) for row in await tx.fetch(_TAKE, sorted(units), limit)]


async def subjects(tx: Connection, case_ids: Collection[UUID]) -> dict[UUID, Subject]:
    """The marked cases as they stand, not locked."""
    rows = await tx.fetch(_SUBJECTS, sorted(case_ids))
    return {row["case_id"]: Subject(case_of(row), row["text"]) for row in rows}


async def suggest(tx: Connection, rows: Sequence[tuple[UUID, UUID, float, bytes]]) -> None:
    """Keep (case, other case, score, evidence) for a person."""
    if rows:
        await tx.execute(_SUGGEST, *_columns(sorted(rows)))


async def note_follow_ups(tx: Connection, pairs: Sequence[tuple[UUID, UUID]]) -> None:
    """Keep (case, the earlier case that it goes on with)."""
    if pairs:
        await tx.execute(_FOLLOW, *_columns(sorted(pairs)))


async def incidents(tx: Connection, ids: Collection[UUID]) -> dict[UUID, Incident]:
    """Those of these incidents that there are."""
    rows = await tx.fetch(_INCIDENTS, sorted(ids))
    return {row["incident_id"]: Incident(*row) for row in rows}


async def set_leading(tx: Connection, leading: Mapping[UUID, UUID]) -> None:
    """Write down which case leads which incident."""
    if leading:
        await tx.execute(_SET, *_columns(sorted(leading.items())))


async def merged(tx: Connection, gone: Collection[UUID], into: UUID) -> None:
    """These incidents have become part of another; whoever was kept out of them is kept out of it."""
    if not gone:
        return
    await tx.execute(
        "UPDATE incidents SET merged_into = $2 WHERE incident_id = ANY ($1::uuid[])", sorted(gone), into
    )
    await tx.execute(
        "INSERT INTO incident_apart SELECT case_id, $2 FROM incident_apart "
        "WHERE incident_id = ANY ($1::uuid[]) ON CONFLICT DO NOTHING",
        sorted(gone),
        into,
    )


async def dissolve(tx: Connection, ids: Collection[UUID]) -> None:
    """These incidents have no case any more, or one that is alone."""
    await tx.execute("DELETE FROM incidents WHERE incident_id = ANY ($1::uuid[])", sorted(ids))


async def apart(tx: Connection, case_ids: Collection[UUID]) -> set[tuple[UUID, UUID]]:
    """(case, incident or case) of what must not come together: what a person has taken apart, and the matters
    of one report."""
    return {(r["case_id"], r["incident_id"]) for r in await tx.fetch(_APART, sorted(case_ids))}


async def keep_apart(tx: Connection, pairs: Sequence[tuple[UUID, UUID]]) -> None:
    """A person says that these cases do not belong to these incidents, or with the cases of these ids."""
    if pairs:
        await tx.execute(_KEEP_APART, *_columns(sorted(pairs)))


async def inherit_apart(tx: Connection, leading: Mapping[UUID, UUID]) -> None:
    """Whoever does not belong with an incident's first leading case does not belong to that incident."""
    begun = [(incident, case) for incident, case in sorted(leading.items()) if incident != case]
    if begun:
        await tx.execute(_INHERIT, *_columns(begun))


async def together(tx: Connection, case_id: UUID, incident_id: UUID) -> None:
    """A person says that it does."""
    await tx.execute(
        "DELETE FROM incident_apart WHERE case_id = $1 AND incident_id = $2", case_id, incident_id
    )


async def drop_suggestions(tx: Connection, pairs: Collection[tuple[UUID, UUID]]) -> None:
    """What a person has decided on is suggested no more, either way round."""
    await tx.execute(
        "DELETE FROM incident_suggestions AS s USING unnest($1::uuid[], $2::uuid[]) AS u (a, b) "
        "WHERE (s.case_id, s.other) IN ((u.a, u.b), (u.b, u.a))",
        [a for a, _ in pairs],
        [b for _, b in pairs],
    )


async def members(tx: Connection, incident_ids: Collection[UUID]) -> list[UUID]:
    """Every case of these incidents, the leading one among them, in the order of their ids."""
    return [row["case_id"] for row in await tx.fetch(_MEMBERS, [str(i) for i in sorted(incident_ids)])]


def _columns(rows: Sequence[Sequence[Any]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
