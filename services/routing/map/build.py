"""How data/*.csv was made: `python -m services.routing.map.build tests/data/units-oracle`.

Reads the official table, adds the overlay, and writes the committed tables. Ids that the tables hold are
kept; only a unit that is not there gets a newly minted one, so running it again changes nothing.
"""

import secrets
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from services.routing.map import overlay
from services.routing.map.official import EPOCH, REFORM_2025, OfficialTable
from services.routing.map.tables import (
    DATA,
    SuccessionRow,
    UnitRow,
    read_units,
    write_reforms,
    write_successions,
    write_units,
)

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"
LEVEL_ORDER = {"province": 0, "district": 1, "commune": 2, "hamlet": 3}


def build(oracle: Path, folder: Path = DATA) -> None:
    """Write the three tables into `folder`, keeping the ids of those already there."""
    table = OfficialTable.read(oracle)
    rows = list(with_overlay(table.units()))
    ids = minted(rows, read_units(folder) if (folder / "units.csv").exists() else [])
    units = (replace(row, id=ids[row.id], parent=row.parent and ids[row.parent]) for row in rows)
    edges = (replace(row, from_id=ids[row.from_id], to_id=ids[row.to_id]) for row in table.successions())
    write_units(sorted(units, key=_unit_order), folder)
    write_successions(sorted(edges, key=_edge_order), folder)
    write_reforms([overlay.REFORM], folder)


def with_overlay(rows: Iterable[UnitRow]) -> Iterator[UnitRow]:
    """The rows with pilots marked, the reform of 2026 and the hamlets added. Ids are still working keys."""
    for row in map(_with_pilot, rows):
        change = _reform(row)
        yield replace(row, valid_to=overlay.REFORM.effective) if change else row
        if change:
            yield change
        if _present(row) and row.code in overlay.HAMLETS:
            yield from _hamlets(row)


def minted(rows: Iterable[UnitRow], committed: Iterable[UnitRow]) -> dict[str, str]:
    """Working key -> opaque id: the committed one where the unit is known, else a random one."""
    known = natural_keys(committed)
    by_natural = {natural: unit_id for unit_id, natural in known.items()}
    taken = set(known)
    ids: dict[str, str] = {}
    for working, natural in natural_keys(rows).items():
        unit_id = by_natural.get(natural) or _mint(taken)
        taken.add(unit_id)
        ids[working] = unit_id
    return ids


def natural_keys(rows: Iterable[UnitRow]) -> dict[str, tuple[str, ...]]:
    """Id -> what the unit was when it first appeared: level, code, parent's code, first day.

    The parent is part of it because the official table lists two district codes under two provinces each.
    """
    first: dict[str, UnitRow] = {}
    for row in rows:
        if row.id not in first or row.valid_from < first[row.id].valid_from:
            first[row.id] = row
    return {
        unit_id: (
            row.level,
            row.code,
            first[row.parent].code if row.parent else "",
            row.valid_from.isoformat(),
        )
        for unit_id, row in first.items()
    }


def _mint(taken: set[str]) -> str:
    while True:
        unit_id = "u" + "".join(secrets.choice(ALPHABET) for _ in range(9))
        if unit_id not in taken:
            return unit_id


def _with_pilot(row: UnitRow) -> UnitRow:
    chosen = overlay.PILOT_LEGACY_COMMUNES if row.valid_from == EPOCH else overlay.HAMLETS.keys()
    return replace(row, pilot=row.level == "commune" and row.code in chosen)


def _present(row: UnitRow) -> bool:
    return row.level == "commune" and row.valid_from >= REFORM_2025


def _reform(row: UnitRow) -> UnitRow | None:
    """The row's next period, if the reform of 2026 changed the unit's type."""
    begins = overlay.REFORM.effective
    if row.valid_from == REFORM_2025 and row.level == "province" and row.code == overlay.PROVINCE:
        return replace(row, type="thanh_pho", valid_from=begins, legal_basis=overlay.CITY_BASIS)
    if _present(row) and row.code in overlay.NEW_WARDS:
        return replace(row, type="phuong", valid_from=begins, legal_basis=overlay.WARDS_BASIS)
    return None


def _hamlets(commune: UnitRow) -> Iterator[UnitRow]:
    """Invented hamlets: thôn in a xã, tổ dân phố in a phường, also after the xã became one."""
    for number, name in enumerate(overlay.HAMLETS[commune.code], start=1):
        code = f"{commune.code}-{number:02}"
        hamlet = UnitRow(
            id=f"hamlet:{code}",
            code=code,
            level="hamlet",
            type="to_dan_pho" if commune.type == "phuong" else "thon",
            name=name,
            parent=commune.id,
            valid_from=commune.valid_from,
            valid_to=None,
            legal_basis=overlay.HAMLET_BASIS,
            pilot=number == 1,
            invented=True,
        )
        if commune.code not in overlay.NEW_WARDS:
            yield hamlet
        else:
            begins = overlay.REFORM.effective
            yield replace(hamlet, valid_to=begins)
            yield replace(hamlet, type="to_dan_pho", valid_from=begins)


def _unit_order(row: UnitRow) -> tuple[object, ...]:
    return LEVEL_ORDER[row.level], row.code, row.valid_from, row.id


def _edge_order(row: SuccessionRow) -> tuple[object, ...]:
    return row.effective, row.from_id, row.to_id


if __name__ == "__main__":
    build(Path(sys.argv[1]))
