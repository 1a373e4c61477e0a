"""Small cells: below the province, a breakdown does not tell counts so small that they point at somebody.

The rule. In a breakdown by category, unit below, group, legal kind or organisation, a count from 1 to
`limit` - 1 is hidden. One hidden cell alone could be had by subtraction from the total, so the smallest other
cell is hidden with it. Where the total itself is below `limit`, it is hidden with every cell of every
breakdown. Zeros are told: they point at nobody. Breakdowns by day, state, purpose, channel and severity are
told whole where the total is not small. The province's own page tells everything.
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


def suppress(cells: Mapping[K, int], limit: int, *, sensitive: bool = True) -> Shown[K]:
    """Apply the rule to one breakdown; `limit` 1 or less hides nothing."""
    total = sum(cells.values())
    if 0 < total < limit:
        return Shown({key: None if n else 0 for key, n in cells.items()}, None)
    if not sensitive:
        return Shown(cells, total)
    hidden = {key for key, n in cells.items() if 0 < n < limit}
    if len(hidden) == 1:
        # The total is not small, so another cell is there.
        hidden.add(min((n, str(key), key) for key, n in cells.items() if n and key not in hidden)[2])
    return Shown({key: None if key in hidden else n for key, n in cells.items()}, total)
