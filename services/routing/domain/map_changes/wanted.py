"""What somebody wants changed: each kind of change as a value, and how one is refused."""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as with_default
from datetime import date
from typing import Literal, TypeAlias

from shared.units import Level

Kind = Literal["create", "rename", "retype", "merge", "split", "abolish", "pilot"]
KINDS: tuple[Kind, ...] = ("create", "rename", "retype", "merge", "split", "abolish", "pilot")

LEVEL_OF: Mapping[str, Level] = {
    "tinh": "province",
    "thanh_pho": "province",
    "quan": "district",
    "huyen": "district",
    "thi_xa": "district",
    "thanh_pho_thuoc_tinh": "district",
    "xa": "commune",
    "phuong": "commune",
    "thi_tran": "commune",
    "dac_khu": "commune",
    "thon": "hamlet",
    "to_dan_pho": "hamlet",
}
"""Which level a type of unit belongs to (Luật Tổ chức chính quyền địa phương 72/2025 Đ.1; hamlets are
self-governing communities, below the levels of the law)."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A refusal: the field at fault, a code of ours, and what is told beside it (unit names, codes)."""

    field: str
    code: str
    told: Mapping[str, str] = with_default(default_factory=dict)


@dataclass(frozen=True, slots=True)
class NewUnit:
    """A unit that a change makes. `code`: official; None for a hamlet, whose display code is given to it."""

    name: str
    type: str
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Create:
    """A unit that was not there. `parent`: id of the unit above; None for a province."""

    effective: date
    document: str
    new: NewUnit
    parent: str | None


@dataclass(frozen=True, slots=True)
class Rename:
    effective: date
    document: str
    unit: str
    name: str


@dataclass(frozen=True, slots=True)
class Retype:
    """A unit of another type at the same level: xã to phường, and with it its thôn to tổ dân phố."""

    effective: date
    document: str
    unit: str
    type: str


@dataclass(frozen=True, slots=True)
class Merge:
    """`sources` end and live on whole in one unit: `target`, which goes on, or a `new` one.

    `parent`: of the new unit; needed only where the sources lie below different ones.
    """

    effective: date
    document: str
    sources: tuple[str, ...]
    target: str | None = None
    new: NewUnit | None = None
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Where a part of a split unit goes: `unit`, which is there (perhaps the split one), or a `new` one.

    `kind`: population (all residents, not all land) or part.
    """

    kind: str
    unit: str | None = None
    new: NewUnit | None = None


@dataclass(frozen=True, slots=True)
class Split:
    """`source` goes to several units. It ends, unless a part is itself.

    `children`: unit directly below -> number of its part, from 0; those left out stay where the source does.
    """

    effective: date
    document: str
    source: str
    parts: tuple[Part, ...]
    children: Mapping[str, int] = with_default(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Abolish:
    """A unit that ends without a successor: an entry in error, or a place where nobody lived."""

    effective: date
    document: str
    unit: str


@dataclass(frozen=True, slots=True)
class Mark:
    """Whether a unit takes part in the pilot from a day on."""

    effective: date
    document: str
    unit: str
    pilot: bool


Wanted: TypeAlias = Create | Rename | Retype | Merge | Split | Abolish | Mark

KIND_OF: Mapping[type[object], Kind] = {
    Create: "create",
    Rename: "rename",
    Retype: "retype",
    Merge: "merge",
    Split: "split",
    Abolish: "abolish",
    Mark: "pilot",
}
