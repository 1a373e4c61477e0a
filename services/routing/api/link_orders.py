"""An officer links cases and takes them apart. Loopback only: there is no sign-in yet."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from services.routing.api.cases import CaseSummary, summary
from services.routing.api.orders import NOTE
from services.routing.domain.life.commands import Refused
from services.routing.problems import TEXTS
from services.routing.use_cases.act_on_cases import Acting, Done, UnknownCase
from services.routing.use_cases.basis import BasisHolder
from services.routing.use_cases.order_links import LinkOrder, link_cases, unlink_case
from shared.contracts.events import BodyId
from shared.contracts.vocabulary import CaseState
from shared.service import Service
from shared.web.catalogue import BASE_TEXTS, Catalogue
from shared.web.problems import FieldError, Problem

_PROBLEM: dict[str, Any] = {"content": {"application/problem+json": {}}}
_RESPONSES: dict[int | str, dict[str, Any]] = {
    403: {**_PROBLEM, "description": "The body may not know of one of the cases."},
    404: {**_PROBLEM, "description": "There is no such case or incident."},
    409: {**_PROBLEM, "description": "A case is restricted, or its state does not allow it."},
    422: {**_PROBLEM, "description": "A field is wrong or missing; `errors` name it."},
    503: {**_PROBLEM, "description": "Starting: the map is not loaded yet."},
}
_STATUS = {"audience": 403, "restricted": 409, "state": 409}


class LinkBody(BaseModel):
    """`command_id`: the command's own; sent again under it, a command changes nothing. `by`: a body that may
    know of both cases. `other`: the case to go with. `note`: for the officers who come after."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    command_id: UUID
    by: BodyId
    other: UUID
    note: Annotated[str, Field(max_length=NOTE)] = ""


class UnlinkBody(LinkBody):
    """`other`: the case that this one is not the same as; left out, the case leaves its incident."""

    other: UUID | None = None  # type: ignore[assignment]


class Linked(CaseSummary):
    """The case after a command; `changed` is false where it had been carried out, or changes nothing."""

    changed: bool


def router(service: Service, basis: BasisHolder) -> APIRouter:
    """POST `/v1/cases/{case_id}/link` and `/v1/cases/{case_id}/unlink`."""
    routes = APIRouter(prefix="/v1", tags=["incidents"])
    texts = Catalogue.load(BASE_TEXTS, TEXTS)

    @routes.post("/cases/{case_id}/link", response_model=Linked, responses=_RESPONSES)
    async def link(case_id: UUID, body: LinkBody) -> Linked:
        """Both cases are about one incident; two incidents become one."""
        order = LinkOrder(body.command_id, body.by, body.note, body.other)
        return await _carried_out(case_id, order, "link")

    @routes.post("/cases/{case_id}/unlink", response_model=Linked, responses=_RESPONSES)
    async def unlink(case_id: UUID, body: UnlinkBody) -> Linked:
        """The case leaves its incident, or is not the same as `other`."""
        order = LinkOrder(body.command_id, body.by, body.note, body.other)
        return await _carried_out(case_id, order, "unlink")

    async def _carried_out(case_id: UUID, order: LinkOrder, command: str) -> Linked:
        if basis.made is None:
            raise Problem("starting")
        carry_out = link_cases if command == "link" else unlink_case
        try:
            done: Done | Acting = await carry_out(service.database, basis.current, case_id, order)
        except UnknownCase:
            raise Problem("unknown_case") from None
        if isinstance(done, Acting):
            raise _refusal(done.refused, done.case.facts.state, command, texts)
        return Linked(**dict(summary(done.case)), changed=done.changed)

    return routes


def said(refused: Refused, state: CaseState, command: str, texts: Catalogue, language: str = "vi") -> str:
    """Why a command was refused, in one sentence."""
    if refused.code in ("restricted", "same_report"):
        return texts.text(f"incident.{refused.code}", language)
    english = language == "en"
    return texts.text(
        f"refused.{refused.code}",
        language,
        state=state if english else texts.label("state", state),
        command=command if english else texts.text(f"incident.{command}").lower(),
    )


def _refusal(refused: Refused, state: CaseState, command: str, texts: Catalogue) -> Problem:
    words = {language: said(refused, state, command, texts, language) for language in ("vi", "en")}
    error = FieldError(refused.field or "command", f"refused_{refused.code}", words)
    return Problem("command_refused", [error], status=_STATUS.get(refused.code, 422))
