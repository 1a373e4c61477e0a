"""Aggregation's own problems; what every service has in common is in `shared/web/problems.py`."""

from pathlib import Path
from typing import Final

from shared.web.problems import FieldError, Problem, Problems

PROBLEMS: Final = Problems(Path(__file__).parent / "texts", {"conflict": 409, "map_not_loaded": 503})
_KINDS: Final = {
    "bad_known_at": "invalid",
    "bad_map_day": "invalid",
    "bad_period": "invalid",
    "bad_range": "invalid",
    "foreign_origin": "forbidden",
    "stale_version": "conflict",
    "starting": "map_not_loaded",
    "unknown_unit": "not_found",
}


def problem(code: str, field: str) -> Problem:
    """What is wrong with the caller's `field`; `code` is a key of _KINDS, which has the problem it makes."""
    return Problem(_KINDS[code], [FieldError(field, code)])
