"""`/v1/submissions/{source}/{id}`: what became of what a registered source sent, by whatever door."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from services.intake.api.requests import registered_sender
from services.intake.domain.tracking import show
from services.intake.front import Front
from services.intake.store import submissions
from shared.web.problems import Problem


def router(front: Front) -> APIRouter:
    """The route; a source asks for its own only."""
    routes = APIRouter(tags=["submissions"])

    @routes.get("/v1/submissions/{path:path}")
    async def get_submission(request: Request, path: str) -> JSONResponse:
        """`accepted` with the report's id, or `rejected`; refusals name their reason and fields.

        What was sent again with the same id and body is a duplicate: it has the first one's answer.
        """
        source = await registered_sender(request, front)
        prefix = f"{source.id}/"
        if not path.startswith(prefix):
            raise Problem("not_found")
        key = path.removeprefix(prefix)
        async with front.database.connection() as connection:
            accepted, refused = await submissions.became(connection, source.id, key)
        if accepted is None and not refused:
            raise Problem("not_found")
        answer = {
            "source": source.id,
            "id": key,
            "outcome": "accepted" if accepted else "rejected",
            "refusals": [
                {"reason": r["reason"], "detail": r["detail"], "at": r["at"].isoformat()} for r in refused
            ],
        }
        if accepted:
            report_id, at = accepted
            answer |= {
                "report_id": str(report_id),
                "tracking_code": show(front.code(report_id)),
                "at": at.isoformat(),
            }
        return JSONResponse(answer, headers={"Cache-Control": "no-store"})

    return routes
