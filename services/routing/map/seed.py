"""The committed tables as map changes: a load for each present province, then one change a reform.

Read for `langnghe units load`; deterministic, so that the same version means the same map everywhere.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date
from functools import reduce
from itertools import count
from pathlib import Path

from services.routing.map.official import REFORM_2025
from services.routing.map.tables import (
    DATA,
    ReformRow,
    SuccessionRow,
    UnitRow,
    read_reforms,
    read_successions,
    read_units,
)
from shared.units import MapChange, SuccessionRecord, UnitMap, UnitRecord


def changes(folder: Path = DATA) -> list[MapChange]:
    """All changes, versions 1, 2, ... in order. Each refers only to units of itself or of those before."""
    units, successions = read_units(folder), read_successions(folder)
    reforms = sorted(read_reforms(folder), key=lambda row: row.effective)
    days = [row.effective for row in reforms] + [date.max]
    loaded = _loads(
        [row for row in units if row.valid_from < days[0]],
        [row for row in successions if row.effective < days[0]],
        known_before=days[0],
    )
    following = [
        _reform(version, row, units, successions, known_before=after)
        for version, row, after in zip(count(len(loaded) + 1), reforms, days[1:], strict=False)
    ]
    return loaded + following


def unit_map(folder: Path = DATA) -> UnitMap:
    """The committed map with every change applied, for tools and tests that have no database."""
    return reduce(UnitMap.apply, changes(folder), UnitMap.empty())


def _loads(units: list[UnitRow], successions: list[SuccessionRow], known_before: date) -> list[MapChange]:
    """One change for each province of 2025-07-01, with the former units that became a part of it."""
    present = [row for row in units if row.level == "province" and _valid_at(row, REFORM_2025)]
    versions = {row.id: version for version, row in enumerate(present, start=1)}
    heirs = {edge.from_id: edge.to_id for edge in successions}
    parents = {(row.id, row.valid_from): row.parent for row in units}

    records: dict[int, list[UnitRecord]] = defaultdict(list)
    home: dict[str, int] = {}
    for row in units:
        top = _province(row, parents)
        version = versions[heirs.get(top, top)]
        home[row.id] = min(version, home.get(row.id, version))
        records[version].append(_record(row, known_before))

    links: dict[int, list[SuccessionRecord]] = defaultdict(list)
    for edge in successions:
        # With the later of its ends, so that both are on the map by then.
        links[max(home[edge.from_id], home[edge.to_id])].append(_link(edge))
    return [_load(version, row, records[version], links[version]) for version, row in enumerate(present, 1)]


def _province(row: UnitRow, parents: dict[tuple[str, date], str | None]) -> str:
    """The province above a row. One that did not merge has a single row, whatever the child's date."""
    top, parent = row.id, row.parent
    while parent is not None:
        top, parent = parent, parents.get((parent, row.valid_from))
    return top


def _load(
    version: int, province: UnitRow, units: Iterable[UnitRecord], links: Iterable[SuccessionRecord]
) -> MapChange:
    return MapChange(
        map_version=version,
        kind="load",
        title=f"{province.name} ({province.code})",
        effective=REFORM_2025,
        legal_basis=province.legal_basis,
        units=tuple(units),
        successions=tuple(links),
    )


def _reform(
    version: int,
    reform: ReformRow,
    units: list[UnitRow],
    successions: list[SuccessionRow],
    *,
    known_before: date,
) -> MapChange:
    """What begins on the reform's day, and what ends on it without going on."""
    day = reform.effective
    begun = [row for row in units if row.valid_from == day]
    going_on = {row.id for row in begun}
    ended = [row for row in units if row.valid_to == day and row.id not in going_on]
    return MapChange(
        map_version=version,
        kind="reform",
        title=reform.title,
        effective=day,
        legal_basis=reform.legal_basis,
        units=tuple(_record(row, known_before) for row in (*begun, *ended)),
        successions=tuple(_link(row) for row in successions if row.effective == day),
    )


def _record(row: UnitRow, known_before: date) -> UnitRecord:
    """The row as it was known: an end that a later reform brought is still open."""
    known_end = row.valid_to if row.valid_to is not None and row.valid_to < known_before else None
    return UnitRecord(
        id=row.id,
        code=row.code,
        level=row.level,
        type=row.type,
        name=row.name,
        parent=row.parent,
        valid_from=row.valid_from,
        valid_to=known_end,
        pilot=row.pilot,
        invented=row.invented,
    )


def _link(row: SuccessionRow) -> SuccessionRecord:
    return SuccessionRecord(row.from_id, row.to_id, row.effective, row.kind)


def _valid_at(row: UnitRow, day: date) -> bool:
    return row.valid_from <= day and (row.valid_to is None or day < row.valid_to)
