"""Cases for programs: facts, reasons, audience. Codes only: no text, and none of the words that decided."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel

from services.routing import publish
from services.routing.domain.case import Case, TriageCause
from services.routing.map.known import KnownMaps
from services.routing.problems import invalid
from services.routing.reading import CHOICES, MOST_PARTED, PARAMETERS, ask
from services.routing.store import reads
from services.routing.store.reads import Decided, Reached
from services.routing.views.names import code
from shared.contracts.events import BodyId, CaseFacts, Reason, UnitId
from shared.service import Service
from shared.web.paging import MOST
from shared.web.problems import Problem


class CaseSummary(BaseModel):
    """A case as it stands after `version` decisions. `code` is what people call it by."""

    case_id: UUID
    root_id: UUID
    code: str
    version: int
    map_version: int
    facts: CaseFacts


class CaseList(BaseModel):
    """Newest first. `next` is the next page's `after`; null on the last page. `unattributed`: cases of former
    units that lie only partly in the unit on the day of `as_of`, in no list; counted up to 1000."""

    cases: Sequence[CaseSummary]
    next: UUID | None
    unattributed: int


class CandidateUnit(BaseModel):
    """A unit where the report may be, and how probable that is (0..1)."""

    unit: UnitId
    probability: float


class DecisionRecord(BaseModel):
    """One decision: the body that took it (null: rules, reporter or clock), the rules with their versions,
    and what it changed (field: before, after)."""

    version: int
    kind: str
    by: BodyId | None
    decided_at: datetime
    reasons: Sequence[Reason]
    changes: dict[str, tuple[Any, Any]]


class Notified(BaseModel):
    """A body that was told, by which channel and when its server took the message."""

    body: BodyId
    channel: str
    at: datetime


class CaseDetail(CaseSummary):
    """A case whole. `audience`: the bodies that may know of it. `candidates` and `triage` say what keeps it
    in triage. `erased`: its reporter has been forgotten."""

    audience: Sequence[BodyId]
    triage: TriageCause | None
    candidates: Sequence[CandidateUnit]
    decisions: Sequence[DecisionRecord]
    reached: Sequence[Notified]
    erased: bool


_PROBLEM: dict[str, Any] = {"content": {"application/problem+json": {}}}


def router(service: Service, known: KnownMaps) -> APIRouter:
    """`GET /v1/cases` and `GET /v1/cases/{case_id}`."""
    routes = APIRouter(prefix="/v1", tags=["cases"])

    @routes.get(
        "/cases",
        response_model=CaseList,
        openapi_extra={"parameters": _parameters()},
        responses={
            422: {**_PROBLEM, "description": "A parameter is unknown or wrong; `errors` name it."},
            503: {**_PROBLEM, "description": "Starting: the map is not loaded yet."},
        },
    )
    async def cases(request: Request) -> CaseList:
        """Cases by any of the filters, newest first, page by page: give `next` as `after`."""
        if not service.map.current.version:
            raise Problem("starting")
        units = await known.asked(request.query_params.get("known_at"))
        question = ask(request.query_params, units, datetime.now(UTC))
        if question.faults:
            raise invalid(question.faults)
        async with service.database.connection() as connection:
            found = await reads.cases(connection, question.filters, question.limit + 1)
            parted = await reads.count(connection, question.parted, MOST_PARTED) if question.parted else 0
        backwards = "before" in question.filters
        shown = found[-question.limit :] if backwards else found[: question.limit]
        more = len(found) > question.limit or backwards
        return CaseList(
            cases=[summary(case) for case in shown],
            next=shown[-1].case_id if more and shown else None,
            unattributed=parted,
        )

    @routes.get(
        "/cases/{case_id}",
        response_model=CaseDetail,
        responses={404: {**_PROBLEM, "description": "There is no such case."}},
    )
    async def case(case_id: str) -> CaseDetail:
        """One case with the reasons of every decision and the bodies that may know of it."""
        async with service.database.connection() as connection:
            id_ = _uuid(case_id)
            found = await reads.case(connection, id_) if id_ else None
            if found is None:
                raise Problem("unknown_case")
            told = await reads.told(connection, found.case_id)
            history = await reads.decisions(connection, found.case_id)
            reached = await reads.reached(connection, found.case_id)
        return _detail(found, history, reached, erased=told.erased_at is not None)

    return routes


def summary(case: Case) -> CaseSummary:
    """A case in short."""
    return CaseSummary(
        case_id=case.case_id,
        root_id=case.root_id,
        code=code(case.case_id),
        version=case.version,
        map_version=case.map_version,
        facts=publish.case_facts(case.facts),
    )


def _detail(
    case: Case, history: Sequence[Decided], reached: Sequence[Reached], *, erased: bool
) -> CaseDetail:
    return CaseDetail(
        **dict(summary(case)),
        audience=case.audience,
        triage=case.findings.triage,
        candidates=[CandidateUnit(unit=c.unit, probability=c.probability) for c in case.findings.candidates],
        decisions=[
            DecisionRecord(
                version=d.version,
                kind=d.kind,
                by=d.by,
                decided_at=d.decided_at,
                reasons=[publish.public_reason(reason) for reason in d.reasons],
                changes=dict(d.changes),
            )
            for d in history
        ],
        reached=[Notified(body=r.body, channel=r.channel, at=r.at) for r in reached],
        erased=erased,
    )


def _parameters() -> list[dict[str, Any]]:
    """PARAMETERS as OpenAPI tells them."""
    special = {
        "from": {"type": "string", "format": "date"},
        "to": {"type": "string", "format": "date"},
        "after": {"type": "string", "format": "uuid"},
        "before": {"type": "string", "format": "uuid"},
        "limit": {"type": "integer", "minimum": 1, "maximum": MOST},
    }
    return [
        {
            "name": name,
            "in": "query",
            "required": False,
            "description": about,
            "schema": special.get(name)
            or {"type": "string", **({"enum": list(CHOICES[name])} if name in CHOICES else {})},
        }
        for name, about in PARAMETERS.items()
    ]


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
