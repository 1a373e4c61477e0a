"""Intake's own problems; what every service has in common is in `shared/web/problems.py`."""

from collections.abc import Sequence
from typing import Final

from services.intake.domain.problems import Problem as FieldProblem
from services.intake.front import TEXTS
from shared.web.problems import FieldError, Problem, Problems

PROBLEMS: Final = Problems(
    TEXTS,
    {
        "idempotency_key_missing": 400,
        "idempotency_key_malformed": 400,
        "token_invalid": 401,
        "erased": 409,
        "feedback_closed": 409,
        "feedback_given": 409,
        "content_encoding": 415,
        "idempotency_key_reused": 422,
        "file_missing": 422,
        "sheet_unreadable": 422,
        "too_many_requests": 429,
        "busy": 503,
        "outcome_unknown": 503,
    },
)
UNSETTLED: Final = frozenset({"busy", "outcome_unknown"})
"""Codes that tell the sender to come again: nothing was refused."""


def refused(code: str, found: Sequence[FieldProblem]) -> Problem:
    """The problem `code`, naming each field that is not as it must be."""
    errors = [FieldError(p.field, p.code, {"vi": p.message_vi, "en": p.message_en}) for p in found]
    return Problem(code, errors)


def not_taken(code: str, field: str) -> Problem:
    """Why a word on an answer was not taken. `field`: where the sender names the case."""
    if code == "feedback_case":
        return Problem("invalid", [FieldError(field, code)])
    return Problem(code)
