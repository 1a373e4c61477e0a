"""What tests of incidents share: reports decided on, compared, and given their keys."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any
from uuid import UUID

from services.routing.domain.case import Case, Facts
from services.routing.domain.decide import open_case
from services.routing.domain.decision import evolve
from services.routing.domain.incidents.circle import circle
from services.routing.domain.incidents.grounds import Grounds
from services.routing.domain.incidents.keys import Decided, incident_keys, placed
from services.routing.domain.incidents.matching import Compared
from services.routing.domain.text import read
from tests.unit.routing.ground import AFTER, basis, report

FIRE = "Cháy lớn ở xưởng nhựa phường Quế Võ, khói đen mù mịt, lửa lan sang nhà dân"
SAME_FIRE = "chay xuong nhua que vo to lam, lua bung len roi ba con oi"
DOGS = "Trộm chó lộng hành ở phường Quế Võ, đêm qua mất bốn con chó, chúng dùng súng điện"
BRIBE = "Cán bộ địa chính phường Quế Võ nhận hối lộ 20 triệu của tôi mới làm sổ đỏ"
SAME_BRIBE = "can bo dia chinh phuong que vo nhan hoi lo 20 trieu moi lam so do cho dan"
NOON = datetime(2026, 3, 2, 5, tzinfo=UTC)


@cache
def grounds() -> Grounds:
    return Grounds(basis().units, AFTER)


def made(text: str, number: int = 1, days: float = 0, root: int | None = None, **told: Any) -> Decided:
    """A report decided on, submitted so many days after noon; `root`: it is a further matter of that one."""
    at = NOON + timedelta(days=days)
    one = replace(report(text, **told), report_id=UUID(int=number), submitted_at=at, received_at=at)
    decision = open_case(one, at, basis())
    root_id = UUID(int=root or number)
    return Decided(one.report_id, root_id, text, decision.facts, decision.findings, decision.audience)


def case(text: str, number: int = 1, **told: Any) -> Case:
    one = replace(report(text, **told), report_id=UUID(int=number))
    return evolve(None, open_case(one, one.received_at, basis()))


def keys(*reports: Decided) -> list[int]:
    """The key of each report, in their order."""
    found = incident_keys(reports, basis().matching, grounds())
    return [found[one.case_id].int for one in reports]


def circle_told(one: Decided) -> str:
    return circle(one.facts, one.findings, one.audience)


def compared(one: Decided) -> Compared:
    return placed(one, read(one.text), basis().matching, grounds())[0].compared


def kept(facts: Facts) -> tuple[object, ...]:
    """What linking leaves alone."""
    return facts.deadlines, facts.listening_owner, facts.resolving_owner, facts.unit, facts.restricted
