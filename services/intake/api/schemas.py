"""What OpenAPI says of bodies that the routes read by themselves."""

from typing import Any, Final
from uuid import UUID

from pydantic import BaseModel, ConfigDict

from services.intake.domain.submission import Submission
from shared.contracts.vocabulary import Verdict


class FeedbackBody(BaseModel):
    """What the reporter says to the answer of one case of the report, if none is named of its root."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    verdict: Verdict
    case_id: UUID | None = None


_PROBLEM_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
    },
}


def _problem(description: str) -> dict[str, Any]:
    return {"description": description, "content": {"application/problem+json": {"schema": _PROBLEM_SCHEMA}}}


def _json(description: str, *names: str) -> dict[str, Any]:
    properties = {name: {"type": "string"} for name in names}
    schema = {"type": "object", "required": list(names), "properties": properties}
    return {"description": description, "content": {"application/json": {"schema": schema}}}


def _inlined(schema: dict[str, Any]) -> dict[str, Any]:
    """A JSON Schema without references: an operation's own schema has no place for definitions."""
    definitions = schema.pop("$defs", {})

    def resolve(node: Any) -> Any:
        if isinstance(node, list):
            return [resolve(item) for item in node]
        if not isinstance(node, dict):
            return node
        if "$ref" in node:
            return resolve(definitions[node["$ref"].rsplit("/", 1)[1]])
        return {name: resolve(value) for name, value in node.items()}

    found: dict[str, Any] = resolve(schema)
    return found


PROBLEM: Final[dict[int | str, dict[str, Any]]] = {
    404: _problem("No report has this tracking code."),
    409: _problem("It was erased before."),
}
FEEDBACK: Final[dict[int | str, dict[str, Any]]] = {
    200: _json("Kept: routing hears of it.", "tracking_code", "verdict", "given_at"),
    404: _problem("No report has this tracking code."),
    409: _problem("There is no answer to judge, or the other was said before."),
    422: _problem("The verdict is neither agree nor object, or the case is none of this report."),
}
STATUS: Final[dict[int | str, dict[str, Any]]] = {
    200: _json("How far it is.", "tracking_code", "state", "state_text", "received_at"),
    404: _problem("No report has this tracking code."),
}
ACCEPTED: Final[dict[int | str, dict[str, Any]]] = {
    202: _json("Kept: it will become a case.", "report_id", "tracking_code", "status_url"),
    400: _problem("The Idempotency-Key is missing or malformed."),
    401: _problem("The bearer token is not valid."),
    413: _problem("More than 256 KiB."),
    415: _problem("Not JSON, or compressed."),
    422: _problem("A field is not as it must be, or the key was used with another body."),
    429: _problem("Beyond the limit of requests a minute."),
    503: _problem("Busy, or the outcome is not known: send it again under the same key."),
}
REPORT: Final[dict[str, Any]] = {
    "parameters": [
        {
            "name": "Idempotency-Key",
            "in": "header",
            "required": True,
            "schema": {"type": "string", "maxLength": 200},
            "description": "A UUID; a registered source may use its own id of the submission.",
        },
        {
            "name": "Authorization",
            "in": "header",
            "required": False,
            "schema": {"type": "string"},
            "description": "`Bearer <token>` of a registered source.",
        },
    ],
    "requestBody": {
        "required": True,
        "content": {"application/json": {"schema": _inlined(Submission.model_json_schema())}},
    },
}
