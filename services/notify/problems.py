"""Notify's own problems; what every service has in common is in `shared/web/problems.py`."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from shared.web.paging import Fault
from shared.web.problems import FieldError, Problem, Problems

PROBLEMS: Final = Problems(Path(__file__).parent / "texts", {"unknown_delivery": 404})


def invalid(faults: Sequence[Fault]) -> Problem:
    """422 naming each parameter at fault."""
    return Problem("invalid", [FieldError(fault.field, fault.code) for fault in faults])
