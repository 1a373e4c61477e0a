"""The official table of the reform of 2025-07-01, read into rows. Ids are working keys until minted."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from services.routing.map.tables import SuccessionRow, UnitRow, read_csv

EPOCH = date(2024, 1, 1)
"""Beginning of the map: the units of 2025-06-30 count as valid from here. Earlier reports go to a person."""

REFORM_2025 = date(2025, 7, 1)

LEGACY_BASIS = "GSO table, state of 2025-06-30"
PROVINCES_BASIS = "NQ 202/2025/QH15"
COMMUNES_BASIS = "NQ-UBTVQH15 of 2025-06-16"
BAC_NINH_BASIS = "NQ 1658/NQ-UBTVQH15"

PROVINCE_TYPES = {"province": "tinh", "city": "thanh_pho"}
DISTRICT_TYPES = {
    "urban_district": "quan",
    "district": "huyen",
    "town": "thi_xa",
    "city": "thanh_pho_thuoc_tinh",
}
COMMUNE_TYPES = {"commune": "xa", "ward": "phuong", "town": "thi_tran", "special_zone": "dac_khu"}

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class OfficialTable:
    """The six files, and what follows from them: which units are the same on both sides of the reform."""

    legacy_provinces: list[Row]
    legacy_districts: list[Row]
    legacy_communes: list[Row]
    current_provinces: list[Row]
    current_communes: list[Row]
    edges: list[Row]
    heirs: dict[str, str]
    """Legacy province code -> current province code."""
    kept_provinces: frozenset[str]
    """Codes of provinces that did not merge."""
    kept_communes: dict[str, str]
    """Current commune code -> the legacy code of the same commune."""

    @classmethod
    def read(cls, folder: Path) -> "OfficialTable":
        edges = read_csv(folder / "succession_2025_07_01.csv")
        heirs = _heirs(edges)
        sole = Counter(heirs.values())
        return cls(
            legacy_provinces=read_csv(folder / "legacy_provinces.csv"),
            legacy_districts=read_csv(folder / "legacy_districts.csv"),
            legacy_communes=read_csv(folder / "legacy_communes.csv"),
            current_provinces=read_csv(folder / "current_provinces.csv"),
            current_communes=read_csv(folder / "current_communes.csv"),
            edges=edges,
            heirs=heirs,
            kept_provinces=frozenset(new for new in sole if sole[new] == 1),
            kept_communes=_kept(edges),
        )

    def units(self) -> Iterator[UnitRow]:
        yield from self._provinces()
        for row in self.legacy_districts:
            key, parent = _district(row["code"], row["province_code"]), _old_province(row["province_code"])
            yield _legacy(row, key, DISTRICT_TYPES[row["type"]], "district", parent)
        for row in self.legacy_communes:
            parent = _district(row["district_code"], row["province_code"])
            yield _legacy(row, _old_commune(row["code"]), COMMUNE_TYPES[row["type"]], "commune", parent)
        for row in self.current_communes:
            key, parent = self._commune(row["code"]), self._province(row["province_code"])
            unit = _current(row, key, COMMUNE_TYPES[row["type"]])
            basis = _communes_basis(row["province_code"])
            yield replace(unit, level="commune", parent=parent, legal_basis=basis)

    def successions(self) -> Iterator[SuccessionRow]:
        """Edges between different ids; a unit that goes on as itself needs none."""
        for old, new in self.heirs.items():
            if new not in self.kept_provinces:
                ends = _old_province(old), self._province(new)
                yield SuccessionRow(*ends, REFORM_2025, "whole", PROVINCES_BASIS)
        parts = Counter(edge["old_code"] for edge in self.edges)
        for edge in self.edges:
            old, new = self.ends(edge)
            if old != new:
                basis = _communes_basis(edge["new_province_code"])
                kind = _kind(edge, split=parts[edge["old_code"]] > 1)
                yield SuccessionRow(old, new, REFORM_2025, kind, basis)

    def ends(self, edge: Row) -> tuple[str, str]:
        """The working keys of an edge. Where the table names no commune, it means the district itself."""
        district = _district(edge["old_district_code"], edge["old_province_code"])
        old = _old_commune(edge["old_code"]) if edge["old_code"] else district
        return old, self._commune(edge["new_code"])

    def _provinces(self) -> Iterator[UnitRow]:
        for row in self.legacy_provinces:
            unit = _legacy(row, _old_province(row["code"]), PROVINCE_TYPES[row["type"]], "province")
            kept = self.heirs[row["code"]] in self.kept_provinces
            yield replace(unit, valid_to=None) if kept else unit
        for row in self.current_provinces:
            if row["code"] not in self.kept_provinces:
                yield _current(row, self._province(row["code"]), PROVINCE_TYPES[row["type"]])

    def _province(self, code: str) -> str:
        return _old_province(code) if code in self.kept_provinces else f"new-province:{code}"

    def _commune(self, code: str) -> str:
        return _old_commune(self.kept_communes[code]) if code in self.kept_communes else f"new-commune:{code}"


def _heirs(edges: list[Row]) -> dict[str, str]:
    """The province that took over most communes: one stray edge leads from Tiền Giang to Tây Ninh."""
    taken: dict[str, Counter[str]] = {}
    for edge in edges:
        taken.setdefault(edge["old_province_code"], Counter())[edge["new_province_code"]] += 1
    return {old: counts.most_common(1)[0][0] for old, counts in taken.items()}


def _kept(edges: list[Row]) -> dict[str, str]:
    """Communes with one edge on either side: left as they were, renamed, or of another type."""
    olds, news = (Counter(edge[end] for edge in edges) for end in ("old_code", "new_code"))
    return {
        edge["new_code"]: edge["old_code"]
        for edge in edges
        if edge["old_code"] and olds[edge["old_code"]] == 1 and news[edge["new_code"]] == 1
    }


def _kind(edge: Row, *, split: bool) -> str:
    """Our kind of an edge. The table calls three communes merged into several: that is a part each.

    A district without communes went whole; Kim Sơn gave only the coast that it administered itself, and
    Đặng Xá, called renamed, gave a part of its land to a commune of another name.
    """
    if not edge["old_code"]:
        return "whole" if edge["note"].startswith("Sắp xếp toàn bộ huyện") else "part"
    if edge["kind"] == "split_population":
        return "population"
    return "part" if split or edge["kind"] in ("ambiguous", "renamed") else "whole"


def _legacy(row: Row, key: str, kind: str, level: str, parent: str | None = None) -> UnitRow:
    return UnitRow(
        id=key,
        code=row["code"],
        level=level,
        type=kind,
        name=row["name"],
        parent=parent,
        valid_from=EPOCH,
        valid_to=REFORM_2025,
        legal_basis=LEGACY_BASIS,
    )


def _current(row: Row, key: str, kind: str) -> UnitRow:
    """A province of the reform; a commune names its level, parent and basis itself."""
    return UnitRow(
        id=key,
        code=row["code"],
        level="province",
        type=kind,
        name=row["name"],
        parent=None,
        valid_from=REFORM_2025,
        valid_to=None,
        legal_basis=PROVINCES_BASIS,
    )


def _communes_basis(province: str) -> str:
    return BAC_NINH_BASIS if province == "24" else COMMUNES_BASIS


def _old_province(code: str) -> str:
    return f"old-province:{code}"


def _district(code: str, province: str) -> str:
    return f"district:{province}/{code}"


def _old_commune(code: str) -> str:
    return f"old-commune:{code}"
