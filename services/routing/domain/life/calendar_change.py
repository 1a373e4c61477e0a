"""The calendar changed: the clocks that run are counted anew from the days they always counted from."""

from dataclasses import replace
from datetime import datetime

from services.routing.domain.basis import Basis
from services.routing.domain.case import Case, Deadlines, Reason
from services.routing.domain.decision import Decision, on_case
from services.routing.domain.life.clock import clocks_of
from shared.contracts.vocabulary import ENDED_STATES

_BASIS = "Lịch nghỉ lễ, hoán đổi ngày làm việc do cơ quan có thẩm quyền công bố"


def reschedule(case: Case, at: datetime, basis: Basis) -> tuple[Decision, ...]:
    """What moves, or is no longer provisional; nothing for a case whose clocks end as they did."""
    was = case.facts.deadlines
    if was is None or case.facts.state in ENDED_STATES:
        return ()
    life = case.findings.life
    now, terms = clocks_of(case.facts, life, basis, owed=was.settle_by is not None or life.paused)
    if _ends(was) == _ends(now):
        return ()
    facts = replace(case.facts, deadlines=now)
    reasons = (Reason("clock.doi-lich", basis.rules.version, _BASIS), *terms)
    return (on_case(case, "Rescheduled", facts, reasons=reasons, basis=basis, at=at),)


def _ends(clocks: Deadlines) -> tuple[datetime | None, datetime, bool]:
    return clocks.settle_by, clocks.listen_by, clocks.provisional
