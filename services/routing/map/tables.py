"""The committed tables: one row type a file, read and written by the same code."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

DATA = Path(__file__).parent / "data"


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A row of units.csv: one unit in one period, [valid_from, valid_to)."""

    id: str
    code: str
    level: str
    type: str
    name: str
    parent: str | None
    valid_from: date
    valid_to: date | None
    legal_basis: str
    pilot: bool = False
    invented: bool = False


@dataclass(frozen=True, slots=True)
class SuccessionRow:
    """A row of successions.csv."""

    from_id: str
    to_id: str
    effective: date
    kind: str
    legal_basis: str


@dataclass(frozen=True, slots=True)
class ReformRow:
    """A row of reforms.csv: a change after the first load, by the day on which it took effect."""

    effective: date
    title: str
    legal_basis: str


def read_units(folder: Path = DATA) -> list[UnitRow]:
    return [
        UnitRow(
            id=row["id"],
            code=row["code"],
            level=row["level"],
            type=row["type"],
            name=row["name"],
            parent=row["parent"] or None,
            valid_from=date.fromisoformat(row["valid_from"]),
            valid_to=date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
            legal_basis=row["legal_basis"],
            pilot=row["pilot"] == "1",
            invented=row["invented"] == "1",
        )
        for row in read_csv(folder / "units.csv")
    ]


def read_successions(folder: Path = DATA) -> list[SuccessionRow]:
    return [
        SuccessionRow(
            from_id=row["from_id"],
            to_id=row["to_id"],
            effective=date.fromisoformat(row["effective"]),
            kind=row["kind"],
            legal_basis=row["legal_basis"],
        )
        for row in read_csv(folder / "successions.csv")
    ]


def read_reforms(folder: Path = DATA) -> list[ReformRow]:
    return [
        ReformRow(date.fromisoformat(row["effective"]), row["title"], row["legal_basis"])
        for row in read_csv(folder / "reforms.csv")
    ]


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write_units(rows: Iterable[UnitRow], folder: Path = DATA) -> None:
    header = tuple(UnitRow.__dataclass_fields__)
    _write(folder / "units.csv", header, ([getattr(row, name) for name in header] for row in rows))


def write_successions(rows: Iterable[SuccessionRow], folder: Path = DATA) -> None:
    header = tuple(SuccessionRow.__dataclass_fields__)
    _write(folder / "successions.csv", header, ([getattr(row, name) for name in header] for row in rows))


def write_reforms(rows: Iterable[ReformRow], folder: Path = DATA) -> None:
    header = tuple(ReformRow.__dataclass_fields__)
    _write(folder / "reforms.csv", header, ([getattr(row, name) for name in header] for row in rows))


def _write(path: Path, header: tuple[str, ...], rows: Iterable[list[object]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows([_cell(value) for value in row] for row in rows)


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    return "" if value is None else str(value)
