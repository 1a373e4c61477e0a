"""Incidents for pages and programs: who is in one, what goes with a case, what a person is asked about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.routing.domain.case import Case
from services.routing.store.rows import case_of
from shared.database import Connection

_INCIDENT = 'SELECT incident_id, "leading", made_at, merged_into FROM incidents WHERE incident_id = $1'
_CASES = "SELECT * FROM cases WHERE incident = $1 ORDER BY submitted_at, case_id LIMIT $2"
_COUNT = "SELECT count(*) FROM cases WHERE incident = $1"
_REPORTERS = """
SELECT count(DISTINCT c.root_id) FROM cases AS c WHERE c.incident = $1 AND NOT EXISTS (
    SELECT FROM follow_ups AS f JOIN cases AS e ON e.case_id = f.earlier
    WHERE f.case_id = c.case_id AND e.incident = c.incident
)
"""
_SUGGESTED = """
SELECT s.score, s.evidence, c.* FROM (
    SELECT other AS about, score, evidence FROM incident_suggestions WHERE case_id = $1
    UNION ALL SELECT case_id, score, evidence FROM incident_suggestions WHERE other = $1
) AS s JOIN cases AS c ON c.case_id = s.about
WHERE c.state <> 'withdrawn' ORDER BY s.score DESC, c.case_id LIMIT $2
"""
_EARLIER = "SELECT c.* FROM follow_ups AS f JOIN cases AS c ON c.case_id = f.earlier WHERE f.case_id = $1"
_LATER = """
SELECT c.* FROM follow_ups AS f JOIN cases AS c USING (case_id) WHERE f.earlier = $1
ORDER BY c.submitted_at, c.case_id LIMIT $2
"""


@dataclass(frozen=True, slots=True)
class IncidentRow:
    """An incident as it stands. `merged_into`: the one that it has become part of."""

    incident_id: UUID
    leading: UUID
    made_at: datetime
    merged_into: UUID | None


@dataclass(frozen=True, slots=True)
class Suggested:
    """A case that may be about the same matter; `words`: those that both reports use."""

    case: Case
    score: float
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Links:
    """What goes with a case. `cases` are its incident's, at most as many as asked for of `count`; `reporters`
    is how many people sent them."""

    incident: IncidentRow | None
    cases: Sequence[Case]
    count: int
    reporters: int
    suggested: Sequence[Suggested]
    earlier: Case | None
    later: Sequence[Case]


async def incident(tx: Connection, incident_id: UUID) -> IncidentRow | None:
    """One incident."""
    row = await tx.fetchrow(_INCIDENT, incident_id)
    return None if row is None else IncidentRow(*row)


async def cases_of(tx: Connection, incident_id: UUID, limit: int) -> tuple[list[Case], int]:
    """An incident's first cases, and how many it has."""
    rows = await tx.fetch(_CASES, str(incident_id), limit)
    return [case_of(row) for row in rows], int(await tx.fetchval(_COUNT, str(incident_id)) or 0)


async def reporters(tx: Connection, incident_id: UUID) -> int:
    """How many people reported an incident, each counted once: also one whose report became several cases,
    and one who wrote again and said so. Who they are is known to nobody here."""
    return int(await tx.fetchval(_REPORTERS, str(incident_id)) or 0)


async def links(tx: Connection, case: Case, limit: int) -> Links:
    """What goes with a case, and what a person is asked about."""
    found, cases, count, people = None, list[Case](), 0, 0
    if case.facts.incident is not None:
        incident_id = UUID(case.facts.incident)
        found = await incident(tx, incident_id)
        cases, count = await cases_of(tx, incident_id, limit)
        people = await reporters(tx, incident_id)
    suggested = [
        Suggested(case_of(row), row["score"], tuple(row["evidence"].decode().split("\n")))
        for row in await tx.fetch(_SUGGESTED, case.case_id, limit)
        if case.facts.incident is None or row["incident"] != case.facts.incident
    ]
    earlier = await tx.fetchrow(_EARLIER, case.case_id)
    later = [case_of(row) for row in await tx.fetch(_LATER, case.case_id, limit)]
    before = None if earlier is None else case_of(earlier)
    return Links(found, cases, count, people, suggested, before, later)
