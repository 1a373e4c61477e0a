"""Commands on a case for programs, and why it is where it is. Loopback only: there is no sign-in yet."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from services.routing.api.cases import CaseSummary, summary
from services.routing.api.orders import ORDERS, Order, command_of
from services.routing.api.refusals import refusal
from services.routing.domain.transitions import CommandName
from services.routing.problems import TEXTS
from services.routing.store import reads
from services.routing.use_cases.act_on_cases import Acting, UnknownCase, act_on_case
from services.routing.use_cases.basis import BasisHolder
from services.routing.views.along import standing
from services.routing.views.names import Names, code
from shared.service import Service
from shared.web.catalogue import BASE_TEXTS, Catalogue
from shared.web.problems import Problem

_PROBLEM: dict[str, Any] = {"content": {"application/problem+json": {}}}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    403: {**_PROBLEM, "description": "It is not for this body to do, or it may not know of the case."},
    404: {**_PROBLEM, "description": "There is no such case."},
    409: {**_PROBLEM, "description": "The case's state does not allow it; state and command are named."},
    422: {**_PROBLEM, "description": "A field is wrong or missing; `errors` name it."},
    503: {**_PROBLEM, "description": "Starting: the map is not loaded yet."},
}


class Acted(CaseSummary):
    """The case after a command; `changed` is false where it was carried out before, or changes nothing."""

    changed: bool


class WhyPoint(BaseModel):
    """One reason in Vietnamese, the law it rests on, and the rule with its version."""

    text: str
    basis: str | None
    rule: str
    version: str


class WhyAnswer(BaseModel):
    """A question that people ask, its reasons as they stand now, and when they were decided."""

    question: str
    title: str
    since: datetime | None
    points: Sequence[WhyPoint]


class CaseWhy(BaseModel):
    """Why this unit, this body, this date."""

    case_id: UUID
    code: str
    version: int
    answers: Sequence[WhyAnswer]


def router(service: Service, basis: BasisHolder) -> APIRouter:
    """`POST /v1/cases/{case_id}/{command}` for each command, and `GET /v1/cases/{case_id}/why`."""
    routes = APIRouter(prefix="/v1/cases/{case_id}", tags=["life of a case"])
    texts = Catalogue.load(BASE_TEXTS, TEXTS)
    for name, (schema, kind) in ORDERS.items():
        routes.add_api_route(
            f"/{name}",
            _door(service, basis, texts, name, schema),
            methods=["POST"],
            name=f"{name}_case",
            response_model=Acted,
            responses=_RESPONSES,
            summary=name,
            description=(kind.__doc__ or "").strip(),
        )

    @routes.get("/why", response_model=CaseWhy, responses={404: _RESPONSES[404], 503: _RESPONSES[503]})
    async def why(case_id: UUID) -> CaseWhy:
        """The reasons of the decisions that made the case what it is, in plain Vietnamese."""
        if basis.made is None:
            raise Problem("starting")
        async with service.database.connection() as connection:
            found = await reads.case(connection, case_id)
            if found is None:
                raise Problem("unknown_case")
            told = await reads.told(connection, case_id)
            history = await reads.decisions(connection, case_id)
        names, erased = Names(basis.made, texts), told.erased_at is not None
        return CaseWhy(
            case_id=case_id,
            code=code(case_id),
            version=found.version,
            answers=[
                WhyAnswer(
                    question=answer.question,
                    title=texts.label("why.question", answer.question),
                    since=answer.since,
                    points=[
                        WhyPoint(text=p.text, basis=p.basis, rule=p.rule, version=p.version)
                        for p in answer.points
                    ],
                )
                for answer in standing(found, history, names, erased=erased)
            ],
        )

    return routes


def _door(
    service: Service, basis: BasisHolder, texts: Catalogue, name: CommandName, schema: type[Order]
) -> Callable[..., Awaitable[Acted]]:
    """The endpoint of one command."""

    async def door(case_id: UUID, order: Order) -> Acted:
        if basis.made is None:
            raise Problem("starting")
        command = command_of(name, order)
        try:
            done = await act_on_case(service.database, basis.current, case_id, order.command_id, command)
        except UnknownCase:
            raise Problem("unknown_case") from None
        if isinstance(done, Acting):
            raise refusal(done.refused, done.case.facts.state, name, texts)
        return Acted(**dict(summary(done.case)), changed=done.changed)

    # FastAPI reads the body's schema from the annotation, which differs for each command.
    door.__annotations__["order"] = schema
    return door
