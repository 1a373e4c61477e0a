"""Whoever leads an incident must be able to; who is left alone in one is in none."""

from collections.abc import Collection
from uuid import UUID, uuid5

from services.routing.domain.case import Case
from services.routing.domain.incidents.leading import leader
from services.routing.domain.incidents.linking import lead, leave
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
    leading: dict[UUID, UUID] = {}
    dissolved: list[UUID] = []
    for incident_id in sorted(incident_ids):
        members = _members(work, incident_id)
        guarded = [case for case in members if case.facts.restricted]
        for case in guarded:
            work.take((leave(case, "khong-lien-ket-to-cao", work.basis, work.now),), cause_of(case), None)
        members = [case for case in members if not case.facts.restricted]
        if len(members) < 2:
            for case in members:
                work.take((leave(case, "mot-minh", work.basis, work.now),), cause_of(case), None)
            dissolved.append(incident_id)
            continue
        now = known[incident_id].leading if incident_id in known else None
        head = leader(members, now)
        if head.facts.state == "linked":
            work.take((lead(head, str(incident_id), work.basis, work.now),), cause_of(head), None)
        leading[incident_id] = head.case_id
    await store.set_leading(tx, leading)
    await store.dissolve(tx, dissolved)


def _members(work: Work, incident_id: UUID) -> list[Case]:
    cases = (work.case(case_id) for case_id in {**work.before, **work.after})
    return [case for case in cases if case is not None and case.facts.incident == str(incident_id)]
