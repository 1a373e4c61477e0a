"""How a unit is called in full, in Vietnamese."""

from shared.units.records import Unit

TYPE_NAMES: dict[str, str] = {
    "tinh": "Tỉnh",
    "thanh_pho": "Thành phố",
    "quan": "Quận",
    "huyen": "Huyện",
    "thi_xa": "Thị xã",
    "thanh_pho_thuoc_tinh": "Thành phố",
    "xa": "Xã",
    "phuong": "Phường",
    "thi_tran": "Thị trấn",
    "dac_khu": "Đặc khu",
    "thon": "Thôn",
    "to_dan_pho": "Tổ dân phố",
}


def full_name(unit: Unit) -> str:
    """The type and the name: `Phường Quế Võ`.

    Numbered units carry the type in their official name already (`Phường 5`, `Quận 1`, `Thị trấn 19-5`).
    """
    prefix = TYPE_NAMES[unit.type]
    return unit.name if unit.name.startswith(f"{prefix} ") else f"{prefix} {unit.name}"
