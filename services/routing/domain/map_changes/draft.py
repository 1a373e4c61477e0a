"""The rows that a change brings, gathered; how new units get their ids and hamlets their display codes."""

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from uuid import UUID

from services.routing.domain.map_changes.wanted import LEVEL_OF, Fault, NewUnit
from shared.units import SuccessionRecord, Unit, UnitMap, UnitRecord, full_name

_BELONGING = frozenset({"parent", "code", "type"})
_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"


class Refused(Exception):
    """The change cannot be made; `fault` says which field and why."""

    def __init__(self, field_: str, code: str, /, **told: str) -> None:
        super().__init__(f"{field_}: {code}")
        self.fault = Fault(field_, code, told)


@dataclass(slots=True)
class Draft:
    """What a change will bring to `units`. `change_id` names it: the same change mints the same ids."""

    units: UnitMap
    effective: date
    change_id: UUID
    rows: list[UnitRecord] = field(default_factory=list)
    edges: list[SuccessionRecord] = field(default_factory=list)
    minted: int = 0
    codes: set[str] = field(default_factory=set)

    def living(self, unit_id: str, name: str) -> Unit:
        """The last row of a unit that goes on, which the change must come after. Raises Refused."""
        rows = self.units.history(unit_id)
        if not rows:
            raise Refused(name, "unknown_unit")
        row = rows[-1]
        if row.valid_to is not None:
            raise Refused(name, "ended", unit=full_name(row), day=row.valid_to.isoformat())
        if self.effective <= row.valid_from:
            raise Refused("effective", "not_after", unit=full_name(row), day=row.valid_from.isoformat())
        return row

    def standing(self, unit_id: str, name: str) -> Unit:
        """A unit's row on the day of the change, whatever follows it. Raises Refused."""
        row = self.units.unit(unit_id, self.effective)
        if row is None:
            known = self.units.last(unit_id)
            raise Refused(
                name, "not_there" if known else "unknown_unit", unit=full_name(known) if known else ""
            )
        return row

    def put(self, row: Unit | UnitRecord) -> UnitRecord:
        record = row if isinstance(row, UnitRecord) else record_of(row)
        self.rows.append(record)
        return record

    def untouched(self, row: Unit) -> bool:
        """Whether the change brings no row in place of this one yet."""
        return not any((put.id, put.valid_from) == (row.id, row.valid_from) for put in self.rows)

    def end(self, row: Unit) -> None:
        """The unit is no more from the day of the change."""
        self.put(replace(record_of(row), valid_to=self.effective))

    def amend(self, unit_id: str, name: str, value: object) -> None:
        """A fact of a unit is another one from the day of the change on, which may be entered late: also in
        the rows that follow, as long as they say what stood on that day. Raises Refused."""
        rows, row = self.units.history(unit_id), self.units.unit(unit_id, self.effective)
        if not rows:
            raise Refused("unit", "unknown_unit")
        if self.effective <= rows[0].valid_from:
            raise Refused("effective", "not_after", unit=full_name(rows[0]), day=str(rows[0].valid_from))
        if row is None:
            raise Refused("unit", "ended", unit=full_name(rows[-1]), day=str(rows[-1].valid_to))
        was = getattr(row, name)
        if was == value:
            raise Refused(name, "unchanged")
        self.spread(row, **{name: value})

    def spread(self, row: Unit, **changes: object) -> UnitRecord:
        """From the day of the change these facts are others: in the row that stands on that day, and in those
        that follow as long as they say of each fact what stood there."""
        if row.valid_from < self.effective and row.valid_to is not None:
            self.put(replace(record_of(row), valid_to=self.effective))
        first = self.put(replace(record_of(row), valid_from=self.effective, **changes))  # type: ignore[arg-type]
        for later in self.units.history(row.id):
            if later.valid_from <= self.effective:
                continue
            # A hamlet's code and type are its commune's: where it lies elsewhere by then they are that one's.
            kept = _BELONGING if row.level == "hamlet" and later.parent != row.parent else frozenset()
            changes = {
                name: new
                for name, new in changes.items()
                if name not in kept and getattr(later, name) == getattr(row, name)
            }
            if not changes:
                break
            self.put(replace(record_of(later), **changes))  # type: ignore[arg-type]
        return first

    def add(self, new: NewUnit, parent: str | None, *, invented: bool) -> UnitRecord:
        """A unit that begins on the day of the change. Raises Refused without a code where one is needed."""
        level = level_of(new.type)
        code = new.code
        if level == "hamlet":
            code = self.hamlet_code(parent or "")
        if not code:
            raise Refused("code", "needed")
        return self.put(
            UnitRecord(
                id=self._mint(),
                code=code,
                level=level,
                type=new.type,
                name=new.name,
                parent=parent,
                valid_from=self.effective,
                invented=invented,
            )
        )

    def link(self, source: str, heir: str, kind: str) -> None:
        self.edges.append(SuccessionRecord(source, heir, self.effective, kind))

    def put_below(self, child: Unit, parent: Unit | UnitRecord) -> None:
        """A unit comes under another: a hamlet gets its display code and its type there."""
        if child.level != "hamlet":
            self.spread(child, parent=parent.id)
            return
        code = child.code
        if not code.startswith(f"{parent.code}-"):
            code = self.hamlet_code(parent.id, parent.code)
        self.spread(child, parent=parent.id, code=code, type=hamlet_type(parent.type, child.type))

    def hamlet_code(self, commune: str, code: str = "") -> str:
        """The next display code `{commune}-{seq}`; one that was ever given is not given again."""
        if not code:
            code = next((row.code for row in self.rows if row.id == commune), "")
        if not code:
            above = self.units.unit(commune, self.effective)
            code = above.code if above else ""
        form = re.compile(re.escape(code) + r"-(\d+)")
        given = (form.fullmatch(held) for held in (*self.units.codes("hamlet"), *self.codes))
        number = max((int(match[1]) for match in given if match), default=0) + 1
        self.codes.add(made := f"{code}-{number:02}")
        return made

    def _mint(self) -> str:
        for unit_id in self._ids():
            if not self.units.history(unit_id):
                return unit_id
        raise AssertionError("unreachable: there is always another id")

    def _ids(self) -> Iterator[str]:
        while True:
            digest = hashlib.blake2b(
                self.change_id.bytes + self.minted.to_bytes(4, "big"), digest_size=9
            ).digest()
            self.minted += 1
            yield "u" + "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest)


def level_of(type_: str) -> str:
    """The level of a type of unit. Raises Refused for a type that is not known."""
    if type_ not in LEVEL_OF:
        raise Refused("type", "unknown_type")
    return LEVEL_OF[type_]


def hamlet_type(commune_type: str, own: str) -> str:
    """A phường has tổ dân phố, a xã has thôn (NĐ 59/2023 on self-governing communities)."""
    return {"phuong": "to_dan_pho", "xa": "thon"}.get(commune_type, own)


def record_of(row: Unit) -> UnitRecord:
    """The row as a change would carry it."""
    return UnitRecord(
        id=row.id,
        code=row.code,
        level=row.level,
        type=row.type,
        name=row.name,
        parent=row.parent,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        pilot=row.pilot,
        invented=row.invented,
    )
