"""The administrative map of Vietnam through time: pure, immutable, the same for every service.

A unit has an opaque id that never changes and is never given to another unit; its code, name, type and
parent are facts of a period of validity `[valid_from, valid_to)`, by local date. Every question takes an
as-of date; `UnitMap.known_at` gives the map as it was recorded at an earlier version.
"""

from shared.units.names import TYPE_NAMES, full_name
from shared.units.records import (
    LEVELS,
    Belief,
    Change,
    Level,
    MapChange,
    Recorded,
    Succession,
    SuccessionKind,
    SuccessionRecord,
    Unit,
    UnitRecord,
)
from shared.units.unit_map import UnitMap

__all__ = [
    "LEVELS",
    "TYPE_NAMES",
    "Belief",
    "Change",
    "Level",
    "MapChange",
    "Recorded",
    "Succession",
    "SuccessionKind",
    "SuccessionRecord",
    "Unit",
    "UnitMap",
    "UnitRecord",
    "full_name",
]
