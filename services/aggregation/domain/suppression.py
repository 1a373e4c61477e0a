"""Small cells: below the province, a breakdown does not tell counts so small that they point at somebody.

The rule. A count from 1 to `limit` - 1 is small. In a breakdown by category, unit below, group, stance,
breadth, legal kind or organisation small counts are hidden. What is hidden comes to the total less what is
told, so that sum must not be small either, nor a cell alone: the smallest other cells are hidden with it.
Where the total itself is small, it is hidden with every cell of every breakdown. Zeros are told where they
give nothing away: they point at nobody. Breakdowns by day, state, purpose, channel and severity are told
whole where the total is not small. The province's own page tells everything.

One basis. The dashboard tells a category's total, the situation report its requests and observations; both
are decided together (`suppress_lines` begins with what `suppress` hides), and so no cell of one page can be
had from the other.

What lies between units on another map (`split`) is told rounded down: beside the total of the unit that was
split it would tell what one of its parts hides.

What it does not do: protect against who compares the categories of two maps, two periods that differ by a
day, or a commune with each of its hamlets. Pages below the province are for the bodies of that unit, not for
the public.

Pure.
"""

from collections.abc import Hashable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

SENSITIVE = frozenset({"category", "unit", "group", "legal_kind", "organisation"})


@dataclass(frozen=True, slots=True)
class Shown(Generic[K]):
    """Cells with None where hidden; `total` None where it would tell a hidden cell."""

    cells: Mapping[K, int | None]
    total: int | None


def is_small(n: int, limit: int) -> bool:
    """Whether a count may point at somebody; `limit` 1 or less: none does."""
    return 0 < n < limit


def coarse(n: int, limit: int) -> int | None:
    """A count that stands beside others, told as a multiple of `limit`, rounded down; None if it is small."""
    if is_small(n, limit):
        return None
    return n - n % limit if limit > 1 else n


def suppress(cells: Mapping[K, int], limit: int, *, sensitive: bool = True) -> Shown[K]:
    """Apply the rule to one breakdown; `limit` 1 or less hides nothing."""
    total = sum(cells.values())
    if is_small(total, limit):
        return Shown({key: None if n else 0 for key, n in cells.items()}, None)
    if not sensitive:
        return Shown(cells, total)
    hidden = {key: n for key, n in cells.items() if is_small(n, limit)}
    others = sorted(((n, str(key), key) for key, n in cells.items() if n and key not in hidden), reverse=True)
    # As many hidden cells as their sum would all be one.
    while hidden and others and (sum(hidden.values()) < limit or len(hidden) in (1, sum(hidden.values()))):
        n, _, key = others.pop()
        hidden[key] = n
    return Shown({key: None if key in hidden else n for key, n in cells.items()}, total)


def suppress_lines(lines: Mapping[K, Sequence[int]], limit: int) -> Mapping[K, Sequence[int | None]]:
    """Apply the rule to a table whose columns are purposes, beside its totals by line, by column and of all,
    which are told elsewhere as `suppress` tells them. A line is told or hidden whole.

    A column's hidden cells come to its total less what is told: that is not small, unless nothing of the
    column is told at all. A table with one line only is what its columns come to.
    """
    counted = {key: cells for key, cells in lines.items() if any(cells)}
    totals = suppress({key: sum(cells) for key, cells in counted.items()}, limit)
    hidden = {key for key, n in totals.cells.items() if n is None}
    if len(counted) > 1:
        hidden |= {key for key, cells in counted.items() if any(is_small(n, limit) for n in cells)}
        while hidden and (line := _line_to_add(counted, hidden, limit)) is not None:
            hidden.add(line)
    empty = [totals.total is not None and not any(column) for column in zip(*counted.values(), strict=True)]
    return {
        key: [0 if nothing else None for nothing in empty] if key in hidden else cells
        for key, cells in lines.items()
    }


def _line_to_add(lines: Mapping[K, Sequence[int]], hidden: AbstractSet[K], limit: int) -> K | None:
    """The line that must be hidden, too; None when these are enough, or all."""
    told = [key for key in lines if key not in hidden]
    for column in range(len(next(iter(lines.values())))):
        helps = [key for key in told if lines[key][column]]
        if helps and is_small(sum(lines[key][column] for key in hidden), limit):
            return min(helps, key=lambda key: (lines[key][column], str(key)))
    return min(told, key=lambda key: (sum(lines[key]), str(key))) if told and len(hidden) == 1 else None
