"""What a batch of case events changes in the counts: pure, and the same in any order.

A case counts once, by its highest version known. The change is always `after` less what is stored, so a
duplicate, a lower version that comes late and a predecessor that never came all heal by themselves.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import NamedTuple, TypeAlias, cast
from uuid import UUID


class Leaf(NamedTuple):
    """What cases are counted by. `place` stands for the path, whose first unit is `unit`."""

    day: date
    place: int
    unit: str
    category: str
    legal_kind: str
    purpose: str
    channel: str
    organisation: str
    """Empty when a resident came alone."""
    severity: int
    state: str
    restricted: bool


class Counted(NamedTuple):
    """A case as it is counted: one row of `counted_cases`. Its leaf lies together in the middle."""

    case_id: UUID
    version: int
    map_version: int
    day: date
    place: int
    unit: str
    category: str
    legal_kind: str
    purpose: str
    channel: str
    organisation: str
    severity: int
    state: str
    restricted: bool
    level: str
    flags: Sequence[str]
    observed_group: str | None
    stance: str | None
    breadth: str | None
    people: int | None
    second_hand: bool | None
    settle_by: datetime | None
    now_unit: str | None = None
    """Where it stands, if a change of the map has moved it since: known also where its unit was split."""
    path: tuple[str, ...] = ()
    """From `unit` up; kept under `place`, not in the row, so empty when read back."""


_LEAF = slice(3, 14)
Key: TypeAlias = tuple[object, ...]
"""The values of a `Leaf` in its order; a bare tuple, since a batch makes thousands."""


def leaf_of(case: Counted) -> Key:
    """Where a case counts."""
    return cast(Key, case[_LEAF])


@dataclass(frozen=True, slots=True)
class Change:
    """What a batch does. `fresh[i]` tells whether event i took effect; no zero in `delta`."""

    fresh: Sequence[bool]
    new: Sequence[Counted]
    changed: Sequence[Counted]
    delta: Mapping[Key, int]
    dirty: frozenset[tuple[date, int, int]]
    """(day, place, map version) of each roll-up's source that changes."""


def change(stored: Mapping[UUID, Counted], incoming: Sequence[Counted]) -> Change:
    """Compare a batch, in any order, with what is stored of its cases."""
    highest: dict[UUID, int] = {}
    for i, case in enumerate(incoming):
        best = highest.get(case.case_id)
        if best is None or case.version > incoming[best].version:
            highest[case.case_id] = i
    fresh = [False] * len(incoming)
    new: list[Counted] = []
    changed: list[Counted] = []
    delta: Counter[Key] = Counter()
    dirty: set[tuple[date, int, int]] = set()
    for case_id, i in highest.items():
        case, before = incoming[i], stored.get(case_id)
        if before is None:
            new.append(case)
        elif before.version < case.version:
            changed.append(case)
        else:
            continue
        fresh[i] = True
        after_key = leaf_of(case)
        before_key = None if before is None else leaf_of(before)
        if after_key == before_key:
            continue
        delta[after_key] += 1
        dirty.add((case.day, case.place, case.map_version))
        if before is not None and before_key is not None:
            delta[before_key] -= 1
            dirty.add((before.day, before.place, case.map_version))
    return Change(fresh, new, changed, {k: n for k, n in delta.items() if n}, frozenset(dirty))


def totals(cases: Iterable[Counted]) -> dict[Key, int]:
    """The counts by definition: each case at its highest version, grouped by leaf."""
    latest: dict[UUID, Counted] = {}
    for case in cases:
        known = latest.get(case.case_id)
        if known is None or case.version > known.version:
            latest[case.case_id] = case
    return dict(Counter(leaf_of(case) for case in latest.values()))


@lru_cache(maxsize=65_536)
def place_of(path: tuple[str, ...]) -> int:
    """A path's number: the same everywhere and for ever, 63 bits of its BLAKE2b."""
    digest = hashlib.blake2b("/".join(path).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") >> 1
