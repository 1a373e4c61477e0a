"""Routing's own problems; what every service has in common is in `shared/web/problems.py`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from shared.web.paging import Fault
from shared.web.problems import FieldError, Problem, Problems

TEXTS: Final = Path(__file__).parent / "texts"
PROBLEMS: Final = Problems(
    TEXTS,
    {
        "unknown_case": 404,
        "command_refused": 409,
        "unknown_incident": 404,
        "unknown_map_unit": 404,
        "map_entered": 409,
        "not_asked": 409,
        "starting": 503,
    },
)


def invalid(faults: Sequence[Fault]) -> Problem:
    """422 naming each parameter at fault."""
    return Problem("invalid", [FieldError(fault.field, fault.code) for fault in faults])
