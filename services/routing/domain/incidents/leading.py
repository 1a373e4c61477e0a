"""Which case of an incident leads it: its answer is that of all cases that go with it."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from services.routing.domain.case import Case
from services.routing.domain.incidents.linkable import may_be_compared
from services.routing.domain.incidents.linking import may_lead


def leader(members: Collection[Case], now: UUID | None) -> Case:
    """Who leads these cases of an incident: whoever does now, if that case still can.

    While cases go with the leading one, it must be one that is yet to be answered: they are answered with it.
    """
    waiting = any(case.facts.state == "linked" for case in members)
    for case in members:
        if case.case_id == now and (may_lead(case) or (may_be_compared(case.facts) and not waiting)):
            return case
    return min(members, key=_succession)


def _succession(case: Case) -> tuple[bool, bool, bool, datetime, UUID]:
    """Who may be compared comes first, then who is yet to be answered, then who has a way of its own
    already, then who came first."""
    linked = case.facts.state == "linked"
    left_alone, over = not may_be_compared(case.facts), not linked and not may_lead(case)
    return left_alone, over, linked, case.facts.submitted_at, case.case_id
