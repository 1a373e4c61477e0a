"""Small cells: below the province, a breakdown does not tell counts so small that they point at somebody.

The rule. In a breakdown by category, by unit below or by group, a count from 1 to `limit` - 1 is hidden. One
hidden cell alone could be had by subtraction from the total, so the smallest other cell is hidden with it;
where there is no other, the total is hidden instead. Zeros are told: they point at nobody. Breakdowns by
day, by state and by purpose are told whole. The province's own page tells everything.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

SENSITIVE = frozenset({"category", "unit", "group", "legal_kind", "organisation"})


@dataclass(frozen=True, slots=True)
class Shown(Generic[K]):
    """Cells with None where hidden; `total` None where it would tell a hidden cell."""

    cells: Mapping[K, int | None]
    total: int | None


def suppress(cells: Mapping[K, int], limit: int) -> Shown[K]:
    """Apply the rule to one breakdown; `limit` 1 or less hides nothing."""
    total = sum(cells.values())
    hidden = {key for key, n in cells.items() if 0 < n < limit}
    if len(hidden) == 1:
        others = sorted((n, str(key), key) for key, n in cells.items() if n and key not in hidden)
        if not others:
            return Shown({key: None if key in hidden else n for key, n in cells.items()}, None)
        hidden.add(others[0][2])
    return Shown({key: None if key in hidden else n for key, n in cells.items()}, total)
