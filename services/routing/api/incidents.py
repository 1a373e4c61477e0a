"""Incidents for programs: who is in one, what goes with a case, what a person is asked about."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from services.routing.api.cases import CaseSummary, summary
from services.routing.domain.incidents.circle import same_circle
from services.routing.store import incident_reads, reads
from services.routing.views.incident import MOST, may_be_named
from shared.service import Service
from shared.web.problems import Problem

_UNKNOWN: dict[int | str, dict[str, Any]] = {
    404: {"content": {"application/problem+json": {}}, "description": "There is no such case or incident."}
}


class IncidentDetail(BaseModel):
    """An incident. `merged_into`: the one that it has become part of. `count`: how many cases it has; `cases`
    are the first of them. `reporters`: how many people sent them, each counted once."""

    incident: UUID
    leading: UUID
    made_at: datetime
    merged_into: UUID | None
    count: int
    reporters: int
    cases: Sequence[CaseSummary]


class SuggestedCase(CaseSummary):
    """A case that may be about the same matter; `score`: log-odds."""

    score: float


class CaseLinks(BaseModel):
    """What goes with a case. `hidden`: cases of its incident of which its listening owner may not know.

    `earlier`: the case that it goes on with; `later`: those that go on with it.
    """

    case_id: UUID
    incident: UUID | None
    leading: UUID | None
    cases: Sequence[CaseSummary]
    hidden: int
    suggested: Sequence[SuggestedCase]
    earlier: UUID | None
    later: Sequence[UUID]


def router(service: Service) -> APIRouter:
    """`GET /v1/incidents/{incident_id}` and `GET /v1/cases/{case_id}/links`."""
    routes = APIRouter(prefix="/v1", tags=["incidents"])

    @routes.get("/incidents/{incident_id}", response_model=IncidentDetail, responses=_UNKNOWN)
    async def incident(incident_id: UUID) -> IncidentDetail:
        """An incident with its cases, the earliest first."""
        async with service.database.connection() as connection:
            found = await incident_reads.incident(connection, incident_id)
            if found is None:
                raise Problem("unknown_incident")
            cases, count = await incident_reads.cases_of(connection, incident_id, MOST)
            head = await reads.case(connection, found.leading)
            people = await incident_reads.reporters(connection, incident_id)
        return IncidentDetail(
            incident=incident_id,
            leading=found.leading,
            made_at=found.made_at,
            merged_into=found.merged_into,
            count=count,
            reporters=people,
            cases=[summary(case) for case in cases if head is not None and same_circle(case, head)],
        )

    @routes.get("/cases/{case_id}/links", response_model=CaseLinks, responses=_UNKNOWN)
    async def links(case_id: UUID) -> CaseLinks:
        """What goes with a case, and what a person is asked about."""
        async with service.database.connection() as connection:
            case = await reads.case(connection, case_id)
            if case is None:
                raise Problem("unknown_case")
            found = await incident_reads.links(connection, case, MOST)
        others = [one for one in found.cases if one.case_id != case_id]
        shown = [one for one in others if may_be_named(case, one)]
        earlier = found.earlier
        return CaseLinks(
            case_id=case_id,
            incident=found.incident and found.incident.incident_id,
            leading=found.incident and found.incident.leading,
            cases=[summary(one) for one in shown],
            hidden=max(0, found.count - 1 - len(shown)) if found.incident else 0,
            suggested=[
                SuggestedCase(**dict(summary(one.case)), score=round(one.score, 2))
                for one in found.suggested
                if may_be_named(case, one.case)
            ],
            earlier=earlier.case_id if earlier is not None and may_be_named(case, earlier) else None,
            later=[one.case_id for one in found.later if may_be_named(case, one)],
        )

    return routes
