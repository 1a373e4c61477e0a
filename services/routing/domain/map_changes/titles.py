"""What a change is called on pages and in its event, in one Vietnamese sentence."""

from collections.abc import Iterable

from services.routing.domain.map_changes.wanted import (
    Abolish,
    Create,
    Mark,
    Merge,
    NewUnit,
    Rename,
    Retype,
    Split,
    Wanted,
)
from shared.units import TYPE_NAMES, UnitMap, full_name

_MOST_NAMED = 6


def title(wanted: Wanted, units: UnitMap) -> str:
    """`Nhập Xã Đồng Mây, Xã Bến Trăng thành Phường Gò Sáo`."""

    def name(unit_id: str) -> str:
        row = units.unit(unit_id, wanted.effective) or units.last(unit_id)
        return full_name(row) if row else unit_id

    match wanted:
        case Create():
            return f"Thành lập {_new(wanted.new)}"
        case Merge():
            verb, heir = ("vào", name(wanted.target)) if wanted.target else ("thành", _new(wanted.new))
            return f"Nhập {_list(map(name, wanted.sources))} {verb} {heir}"
        case Split():
            parts = (name(part.unit) if part.unit else _new(part.new) for part in wanted.parts)
            return f"Chia {name(wanted.source)} thành {_list(parts)}"
        case Abolish() | Mark() | Rename() | Retype():
            return _single(wanted, name(wanted.unit))


def _single(wanted: Abolish | Mark | Rename | Retype, called: str) -> str:
    match wanted:
        case Rename():
            return f"Đổi tên {called} thành {wanted.name}"
        case Retype():
            return f"Chuyển {called} thành {TYPE_NAMES.get(wanted.type, wanted.type).lower()}"
        case Abolish():
            return f"Giải thể {called}"
        case Mark():
            return f"{'Đánh dấu' if wanted.pilot else 'Bỏ đánh dấu'} thí điểm: {called}"


def _new(new: NewUnit | None) -> str:
    return f"{TYPE_NAMES.get(new.type, new.type)} {new.name}" if new else ""


def _list(names: Iterable[str]) -> str:
    found = list(names)
    more = len(found) - _MOST_NAMED
    return ", ".join(found[:_MOST_NAMED]) + (f" và {more} đơn vị khác" if more > 0 else "")
