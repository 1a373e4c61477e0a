"""What a case's life has brought so far, on which its next step depends; kept with the findings."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

ComplexReason = Literal[
    "nhieu_dia_diem",
    "nhieu_noi_dung",
    "dong_nguoi",
    "nuoc_ngoai",
    "nhieu_co_quan",
    "y_kien_khac_nhau",
    "chung_cu_mau_thuan",
]
"""Why the law lets a case be called complex (NĐ 155/2026 Đ.2): two sites or more; two contents or more; five
people or more; a foreign element; several agencies; agencies that disagree; evidence that conflicts."""
Settlement = Literal[1, 2]
"""The first settlement, or the second one by the superior after an objection (Luật Khiếu nại Đ.28, 37)."""


@dataclass(frozen=True, slots=True)
class Pause:
    """The clocks stood still on the days after `start` up to and with `end`; an open one has no end yet."""

    start: date
    end: date | None = None

    @property
    def days(self) -> int:
        """Its calendar days; 0 while it is open."""
        return 0 if self.end is None else (self.end - self.start).days


@dataclass(frozen=True, slots=True)
class Life:
    """How a case came to stand where it stands."""

    returned: tuple[str, ...] = ()
    """Bodies that said it is not theirs, in their order."""
    arbiter: str | None = None
    """The superior who decides whose it is: what it assigns cannot be returned."""
    settlement: Settlement = 1
    since: date | None = None
    """The day that the present settlement's terms count from; none: the day of receipt."""
    complex_for: tuple[ComplexReason, ...] = ()
    especially: bool = False
    """Especially complex (Luật Tố cáo 25/2018 Đ.30(2))."""
    pauses: tuple[Pause, ...] = ()
    answered: int = 0
    """The version of the case that its latest answer made."""

    @property
    def paused(self) -> bool:
        """Whether the clocks stand still now."""
        return bool(self.pauses) and self.pauses[-1].end is None


NEW_LIFE = Life()
"""Of a case that nothing has happened to since it was opened."""


def resumed(life: Life, today: date) -> Life:
    """With the open pause ended."""
    *before, last = life.pauses
    # A clock that was set back must not make the pause end before it began.
    return replace(life, pauses=(*before, replace(last, end=max(last.start, today))))
