"""Whoever leads an incident must be able to; who is alone in one, or of another circle, is in none."""

from collections.abc import Collection
from uuid import UUID, uuid5

from services.routing.domain.case import Case
from services.routing.domain.incidents.circle import same_circle
from services.routing.domain.incidents.leading import leader
from services.routing.domain.incidents.linkable import may_be_compared
from services.routing.domain.incidents.linking import lead, leave
from services.routing.domain.incidents.matching import units_of
from services.routing.store import incident_prints
from services.routing.store import incidents as store
from services.routing.use_cases.work import Work
from shared.database import Connection

_NAMESPACE = UUID("6f3d4b1e-2a57-5a0b-8a43-0d1d3f9a7c52")


def cause_of(case: Case) -> UUID:
    """The cause of what linking does to a case as it stands: the same case in the same version, the same."""
    return uuid5(_NAMESPACE, f"{case.case_id}/{case.version}")


async def regroup(tx: Connection, work: Work, incident_ids: Collection[UUID]) -> None:
    """See that each incident has a leading case that may lead and more than one case.

    All of its members must be locked in `work`, and the decisions on them taken.
    """
    known = await store.incidents(tx, incident_ids)
    heads: dict[UUID, tuple[Case, list[Case]]] = {}
    dissolved: list[UUID] = []
    for incident_id in sorted(incident_ids):
        now = known[incident_id].leading if incident_id in known else None
        members = _of_one_circle(work, _members(work, incident_id), now)
        if len(members) < 2:
            for case in members:
                work.take((leave(case, "mot-minh", work.basis, work.now),), cause_of(case), None)
            dissolved.append(incident_id)
            continue
        head = leader(members, now)
        if head.facts.state == "linked":
            work.take((lead(head, str(incident_id), work.basis, work.now),), cause_of(head), None)
        heads[incident_id] = head, members
    await store.set_leading(tx, {incident: head.case_id for incident, (head, _) in heads.items()})
    await store.dissolve(tx, dissolved)
    await _stay_known(tx, heads.values())


async def _stay_known(tx: Connection, heads: Collection[tuple[Case, list[Case]]]) -> None:
    """Who left may be the one case that new ones were compared with: then the leading one is from now on."""
    known = await incident_prints.known(tx, {case.case_id for _, members in heads for case in members})
    marks = [
        store.Mark(head.case_id, unit)
        for head, members in heads
        if may_be_compared(head.facts) and known.isdisjoint(case.case_id for case in members)
        for unit in units_of(head.facts, head.findings)
    ]
    await store.mark(tx, marks)


def _of_one_circle(work: Work, members: list[Case], leading: UUID | None) -> list[Case]:
    """The members without those of another circle than the leading case's, who leave."""
    if not members:
        return []
    head = min(members, key=lambda case: (case.case_id != leading, case.facts.submitted_at, case.case_id))
    for case in members:
        if not same_circle(case, head):
            work.take((leave(case, "khac-pham-vi", work.basis, work.now),), cause_of(case), None)
    return [case for case in members if same_circle(case, head)]


def _members(work: Work, incident_id: UUID) -> list[Case]:
    cases = (work.case(case_id) for case_id in {**work.before, **work.after})
    return [case for case in cases if case is not None and case.facts.incident == str(incident_id)]
