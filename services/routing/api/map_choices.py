"""Cases of split units for programs: which wait for a person's choice, and the choice itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from services.routing.api.cases import CaseSummary, summary
from services.routing.problems import TEXTS
from services.routing.store import map as store
from services.routing.use_cases.basis import BasisHolder
from services.routing.use_cases.choose_unit import ChoiceRefused, NotAsked, choose_unit
from services.routing.views.map_change import said
from shared.contracts.events import BodyId, UnitId
from shared.service import Service
from shared.web.catalogue import BASE_TEXTS, Catalogue
from shared.web.problems import FieldError, Problem

_BEFORE_ALL = UUID(int=0)
_PROBLEM: dict[str, Any] = {"content": {"application/problem+json": {}}}


class Offer(BaseModel):
    """A unit that the split one lives on in. `evidence`: codes of what speaks for it, never words."""

    unit: UnitId
    probability: float
    evidence: Sequence[str]


class Waiting(BaseModel):
    """A case that waits; it goes on where it is meanwhile. The most probable offer first."""

    case_id: UUID
    from_unit: UnitId
    map_version: int
    asked_at: datetime
    offers: Sequence[Offer]


class WaitingList(BaseModel):
    """In the order in which their reports came. `next` is the next page's `after`."""

    choices: Sequence[Waiting]
    next: UUID | None


class ChosenUnit(BaseModel):
    """`unit`: an offer, or a unit below one. `by`: a body that may know of the case."""

    model_config = ConfigDict(extra="forbid")

    unit: Annotated[str, Field(max_length=40)]
    by: BodyId


def router(service: Service, basis: BasisHolder) -> APIRouter:
    """`/v1/map/choices`."""
    routes = APIRouter(prefix="/v1/map", tags=["map"])
    texts = Catalogue.load(BASE_TEXTS, TEXTS)

    @routes.get("/choices", response_model=WaitingList)
    async def choices(
        after: UUID = _BEFORE_ALL, limit: Annotated[int, Query(ge=1, le=200)] = 50
    ) -> WaitingList:
        """Cases whose unit was split, each with the units that it may go to."""
        async with service.database.connection() as connection:
            found = await store.open_choices(connection, after, limit + 1)
        shown = found[:limit]
        return WaitingList(
            choices=[_waiting(choice) for choice in shown],
            next=shown[-1].case_id if len(found) > limit else None,
        )

    @routes.post(
        "/choices/{case_id}",
        response_model=CaseSummary,
        responses={
            409: {**_PROBLEM, "description": "Nobody is asked for this case, or not any more."},
            422: {**_PROBLEM, "description": "The unit was not offered, or the body may not know of it."},
        },
    )
    async def choose(case_id: UUID, chosen: ChosenUnit) -> CaseSummary:
        """Say where a case goes: it moves there, with its clocks, on the record."""
        if basis.made is None:
            raise Problem("starting")
        try:
            case = await choose_unit(service.database, basis.made, case_id, chosen.unit, chosen.by)
        except NotAsked:
            raise Problem("not_asked") from None
        except ChoiceRefused as refused:
            words = {lang: said(refused.fault, texts, lang) for lang in ("vi", "en")}
            raise Problem("invalid", [FieldError(refused.fault.field, refused.fault.code, words)]) from None
        return summary(case)

    return routes


def _waiting(choice: store.OpenChoice) -> Waiting:
    return Waiting(
        case_id=choice.case_id,
        from_unit=choice.from_unit,
        map_version=choice.map_version,
        asked_at=choice.asked_at,
        offers=[
            Offer(unit=c.unit, probability=c.probability, evidence=c.evidence) for c in choice.candidates
        ],
    )
