"""What the official table does not hold: the reform of 2026-09-20, the pilot's marks, invented hamlets.

The eight models of 2024 were not published by name. Every commune and hamlet named here as a pilot is an
invented choice, one commune in each of the eight districts, and the hamlets themselves are invented.
"""

from datetime import date

from services.routing.map.tables import ReformRow

PROVINCE = "24"

REFORM = ReformRow(
    effective=date(2026, 9, 20),
    title="Thành lập thành phố Bắc Ninh trực thuộc trung ương và 12 phường",
    legal_basis="NQ 39/2026/QH16; NQ 388/NQ-UBTVQH16",
)
CITY_BASIS = "NQ 39/2026/QH16"
WARDS_BASIS = "NQ 388/NQ-UBTVQH16"

NEW_WARDS = frozenset(
    (
        "07294",  # Bố Hạ
        "07375",  # Lạng Giang
        "07399",  # Kép
        "07444",  # Lục Nam
        "07840",  # Hiệp Hòa
        "09193",  # Yên Phong
        "09292",  # Phù Lãng
        "09313",  # Chi Lăng
        "09319",  # Tiên Du
        "09454",  # Gia Bình
        "09475",  # Nhân Thắng
        "09496",  # Lương Tài
    )
)
"""Codes of the xã that became phường and kept their identity."""

PILOT_LEGACY_COMMUNES = frozenset(("09190", "09193", "09247", "09319", "09370", "09400", "09454", "09496"))
"""Codes until 2025-06-30, one in each district of the former Bắc Ninh (code 27)."""

HAMLETS: dict[str, tuple[str, ...]] = {
    "09193": ("Đồng Mây", "Bến Trăng", "Gò Sáo", "Ngõ Lúa"),
    "09247": ("Sân Nắng", "Hồ Gương", "Đồi Gió", "Vườn Khế"),
    "09370": ("Cầu Tơ", "Bãi Chuồn", "Giếng Sao", "Lối Tre"),
    "09496": ("Đầm Sương", "Bờ Cải", "Ao Trống", "Rặng Sim"),
}
"""Commune code -> names of invented hamlets; the first of each is marked as a pilot, as is the commune."""

HAMLET_BASIS = "invented for demonstration"
