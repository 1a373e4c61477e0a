"""The delivery log for programs."""

from typing import Any
from uuid import UUID

from asyncpg import Record
from fastapi import APIRouter, Request

from services.notify.domain.addresses import masked
from services.notify.problems import invalid
from services.notify.reading import ask, today
from services.notify.store import log
from shared.service import Service
from shared.web.problems import Problem

_MOST_SUBJECTS = 1_000


def router(service: Service) -> APIRouter:
    """`GET /v1/deliveries` and `GET /v1/deliveries/{id}`; addresses are masked."""
    routes = APIRouter(prefix="/v1", tags=["deliveries"])

    @routes.get("/deliveries")
    async def deliveries(request: Request) -> Any:
        """Newest first. Query: state, channel, body, unit, after, limit; `next` is the next `after`."""
        question = ask(request.query_params, service.map.current, today())
        if question.faults:
            raise invalid(question.faults)
        async with service.database.connection() as connection:
            rows = await log.deliveries(connection, question.filters, question.limit + 1)
        shown = rows[: question.limit]
        following = str(shown[-1]["id"]) if len(rows) > question.limit else None
        return {"deliveries": [_public(row) for row in shown], "next": following}

    @routes.get("/deliveries/{delivery_id}")
    async def delivery(delivery_id: str) -> Any:
        """One message with its attempts and what it carries."""
        id_ = _uuid(delivery_id)
        async with service.database.connection() as connection:
            row = await log.delivery(connection, id_) if id_ else None
            if row is None or id_ is None:
                raise Problem("unknown_delivery")
            attempts = await log.attempts(connection, id_)
            subjects = await log.subjects(connection, id_, _MOST_SUBJECTS)
        return {
            **_public(row),
            "history": [dict(attempt) for attempt in attempts],
            "subjects": [dict(subject) for subject in subjects],
        }

    return routes


def _public(row: Record) -> dict[str, Any]:
    return {**dict(row), "address": masked(row["channel"], row["address"])}


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
