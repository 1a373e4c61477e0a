"""Changes of the map as pure decisions: what is wanted, and what it makes of the map or why it is refused."""

from services.routing.domain.map_changes.plan import plan
from services.routing.domain.map_changes.wanted import (
    KINDS,
    Abolish,
    Create,
    Fault,
    Mark,
    Merge,
    NewUnit,
    Part,
    Rename,
    Retype,
    Split,
    Wanted,
)

__all__ = [
    "KINDS",
    "Abolish",
    "Create",
    "Fault",
    "Mark",
    "Merge",
    "NewUnit",
    "Part",
    "Rename",
    "Retype",
    "Split",
    "Wanted",
    "plan",
]
