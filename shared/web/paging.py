"""Parameters that every list takes, read the same in each service: where a page begins, how long it is."""

import re
from dataclasses import dataclass
from uuid import UUID

MOST = 200
"""Most rows of one answer."""
USUAL = 50
"""How many rows it has if nothing is told."""
_NUMBER = re.compile(r"[0-9]{1,6}")


@dataclass(frozen=True, slots=True)
class Fault:
    """A parameter that was refused: its name, and the key of the text that says why."""

    field: str
    code: str


def cursor(text: str) -> UUID | None:
    """The id of the row that a page begins after, or ends before; None for what is none."""
    try:
        return UUID(text)
    except ValueError:
        return None


def limit(text: str) -> int | None:
    """How many rows, 1 to MOST; None for anything else."""
    return int(text) if _NUMBER.fullmatch(text) and 1 <= int(text) <= MOST else None
