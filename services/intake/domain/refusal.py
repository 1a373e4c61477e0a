"""pydantic's errors as intake's problems: stable codes, two languages, and never the refused value."""

from typing import Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from services.intake.domain.problems import Problem, problem

_CODES: Final = {
    "missing": "missing",
    "extra_forbidden": "unknown_field",
    "literal_error": "not_in_list",
    "string_too_long": "too_long",
    "too_long": "too_long",
    "string_pattern_mismatch": "wrong_format",
    "text_empty": "text_empty",
    "greater_than_equal": "too_small",
    "less_than_equal": "too_large",
    "finite_number": "number_out_of_range",
}
_MAX_PROBLEMS = 20


def problems_of(error: ValidationError) -> tuple[Problem, ...]:
    """Every problem in `error`, at most 20: a body of a thousand unknown fields gets a short answer."""
    details = error.errors(include_url=False, include_input=False)
    return tuple(_problem(detail) for detail in details[:_MAX_PROBLEMS])


def _problem(detail: ErrorDetails) -> Problem:
    field = ".".join(str(step) for step in detail["loc"])
    context = detail.get("ctx", {})
    if detail["type"] == "time_refused":
        return problem(field, context["code"])
    if "expected" in context:
        listed = str(context["expected"])
        return problem(field, "not_in_list", expected=listed, expected_vi=listed.replace(" or ", " hoặc "))
    return problem(field, _CODES.get(detail["type"], "wrong_type"), **context)
