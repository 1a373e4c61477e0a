"""A person links cases, takes one out of its incident, or says that two are not the same.

Under the locks of the places concerned, as the second step works: nobody links there meanwhile. The same
command again changes nothing.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.routing.domain.basis import Basis
from services.routing.domain.case import Case
from services.routing.domain.incidents.circle import same_circle
from services.routing.domain.incidents.grounds import Grounds
from services.routing.domain.incidents.linkable import may_be_compared
from services.routing.domain.incidents.linking import by, incident_led_by, join, lead, leave, may_lead
from services.routing.domain.incidents.matching import units_of
from services.routing.domain.life.commands import Refused
from services.routing.store import cases, erasures, life
from services.routing.store import incidents as store
from services.routing.use_cases.act_on_cases import Acting, Done, UnknownCase
from services.routing.use_cases.regroup import regroup
from services.routing.use_cases.work import Work
from shared.database import Connection, Database
from shared.local_time import LOCAL


@dataclass(frozen=True, slots=True)
class LinkOrder:
    """An officer's word under its own id, for a body that may know of the cases. `other`: the case to go
    with, or that is not the same; to take a case out of its incident none is named."""

    command_id: UUID
    by: str
    note: str = ""
    other: UUID | None = None


async def link_cases(database: Database, basis: Basis, case_id: UUID, order: LinkOrder) -> Done | Acting:
    """The case and `order.other` are about one incident; two incidents become one. Raises UnknownCase."""
    assert order.other is not None
    async with database.transaction() as tx:
        work = await _locked(tx, basis, [case_id, order.other])
        case, other = _case(work, case_id), _case(work, order.other)
        if await life.decided_by(tx, case_id, order.command_id):
            return Done(case, changed=False)
        try:
            changed = await _link(tx, work, case, other, order)
        except Refused as refused:
            return Acting(case, refused)
        await _write(tx, work)
    return Done(_case(work, case_id), changed)


async def unlink_case(database: Database, basis: Basis, case_id: UUID, order: LinkOrder) -> Done | Acting:
    """The case does not belong to its incident, or is not the same as `order.other`, where that is named.

    It is not linked there again of its own accord. Raises UnknownCase.
    """
    async with database.transaction() as tx:
        work = await _locked(tx, basis, [case_id, *([order.other] if order.other else ())])
        case = _case(work, case_id)
        if await life.decided_by(tx, case_id, order.command_id):
            return Done(case, changed=False)
        try:
            if order.other is None:
                await _take_out(tx, work, case, order)
            else:
                await _not_the_same(tx, case, _case(work, order.other), order)
        except Refused as refused:
            return Acting(case, refused)
        await _write(tx, work)
    return Done(_case(work, case_id), changed=True)


async def _link(tx: Connection, work: Work, case: Case, other: Case, order: LinkOrder) -> bool:
    """One incident of both; whether that changes anything. Raises Refused."""
    _demand(case, order)
    _demand(other, order)
    if case.case_id == other.case_id:
        raise Refused("state", "other")
    if not same_circle(case, other):
        raise Refused("restricted", "other")
    if case.facts.incident is not None and case.facts.incident == other.facts.incident:
        return False
    if _of_one_report(work, case, other):
        raise Refused("same_report", "other")
    begins = other.facts.incident is None and case.facts.incident is None
    kept = other.facts.incident or case.facts.incident or incident_led_by(other)
    if begins and not may_lead(other):
        raise Refused("state", "other")
    gone = {case.facts.incident, other.facts.incident} - {kept, None}
    note = (order.note,) if order.note else ()
    # Who was taken back or thrown away in the meantime stays where it was: nobody works on it.
    joining = [c for c in work.before.values() if c.facts.incident in gone and may_be_compared(c.facts)]
    joining += [c for c in (case, other) if c.facts.incident is None and not (begins and c is other)]
    for one in sorted(joining, key=_by_id):
        joined = join(one, kept, note, work.basis, work.now)
        work.take((by(joined, order.by),), order.command_id, None)
        await store.together(tx, one.case_id, UUID(kept))
    if begins:
        work.take((by(lead(other, kept, work.basis, work.now), order.by),), order.command_id, None)
        await store.set_leading(tx, {UUID(kept): other.case_id})
        await store.inherit_apart(tx, {UUID(kept): other.case_id})
    await store.merged(tx, {UUID(incident) for incident in gone if incident}, UUID(kept))
    await store.drop_suggestions(tx, [(case.case_id, other.case_id)])
    await regroup(tx, work, {UUID(kept)})
    return True


def _of_one_report(work: Work, case: Case, other: Case) -> bool:
    """Whether the incident of both would hold two matters of one report, each of which has its own answer."""
    incidents = {case.facts.incident, other.facts.incident} - {None}
    together = [c for c in work.before.values() if c in (case, other) or c.facts.incident in incidents]
    return len({c.root_id for c in together}) < len(together)


async def _take_out(tx: Connection, work: Work, case: Case, order: LinkOrder) -> None:
    """Raises Refused for a case that is in no incident, or that the body may not know of."""
    if order.by not in case.audience:
        raise Refused("audience", "by")
    if case.facts.incident is None:
        raise Refused("state")
    incident = UUID(case.facts.incident)
    others = [c.case_id for c in work.before.values() if c.facts.incident == case.facts.incident]
    others.remove(case.case_id)
    work.take((by(leave(case, "tach-ra", work.basis, work.now), order.by),), order.command_id, None)
    await store.keep_apart(tx, [(case.case_id, incident), *((other, case.case_id) for other in others)])
    await store.drop_suggestions(tx, [(case.case_id, other) for other in others])
    await regroup(tx, work, {incident})


async def _not_the_same(tx: Connection, case: Case, other: Case, order: LinkOrder) -> None:
    """Raises Refused for a body that may not know of both."""
    for one in (case, other):
        if order.by not in one.audience:
            raise Refused("audience", "by")
    pairs = [(a.case_id, UUID(b.facts.incident or str(b.case_id))) for a, b in ((case, other), (other, case))]
    await store.keep_apart(tx, pairs)
    await store.drop_suggestions(tx, [(case.case_id, other.case_id)])


def _demand(case: Case, order: LinkOrder) -> None:
    """Raises Refused for a case that may not be linked, or that the body may not know of."""
    if order.by not in case.audience:
        raise Refused("audience", "by")
    if not may_be_compared(case.facts):
        raise Refused("state")


async def _locked(tx: Connection, basis: Basis, case_ids: Collection[UUID]) -> Work:
    """These cases and everybody who is in an incident with them, their places taken. Raises UnknownCase."""
    now: datetime = await erasures.fence(tx, erasing=False)
    seen = await store.subjects(tx, case_ids)
    if len(seen) < len(set(case_ids)):
        raise UnknownCase(", ".join(str(i) for i in set(case_ids) - seen.keys()))
    await store.wait_for_places(
        tx, _places([s.case for s in seen.values()], basis, now.astimezone(LOCAL).date())
    )
    # Read again: who is in an incident with whom may have changed until the places were ours.
    seen = await store.subjects(tx, case_ids)
    incidents = {UUID(s.case.facts.incident) for s in seen.values() if s.case.facts.incident}
    return Work(basis, now, await cases.lock(tx, sorted({*case_ids, *await store.members(tx, incidents)})))


def _places(found: Iterable[Case], basis: Basis, today: date) -> set[str]:
    grounds = Grounds(basis.units, today)
    return {
        grounds.place(unit)
        for case in found
        for unit in units_of(case.facts, case.findings) or case.facts.path
    }


async def _write(tx: Connection, work: Work) -> None:
    work.forget(await erasures.erased(tx, sorted({case.root_id for case in work.after.values()})))
    await work.write(tx)


def _case(work: Work, case_id: UUID) -> Case:
    case = work.case(case_id)
    if case is None:
        raise UnknownCase(str(case_id))
    return case


def _by_id(case: Case) -> UUID:
    return case.case_id
