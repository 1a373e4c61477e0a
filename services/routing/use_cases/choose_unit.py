"""A person says where a case of a split unit goes."""

from uuid import UUID

import uuid_utils

from services.routing.domain.basis import Basis
from services.routing.domain.case import Case
from services.routing.domain.follow_map import Moment, choose
from services.routing.domain.map_changes import Fault
from services.routing.store import cases as cases_store
from services.routing.store import erasures
from services.routing.store import map as store
from services.routing.use_cases.work import Work
from shared.database import Database
from shared.local_time import LOCAL


class NotAsked(Exception):
    """Nobody is asked about this case (any more)."""


class ChoiceRefused(Exception):
    """The choice cannot be taken; `fault` says which field and why."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(f"{fault.field}: {fault.code}")
        self.fault = fault


async def choose_unit(database: Database, basis: Basis, case_id: UUID, unit: str, by: str) -> Case:
    """Move the case to the unit that was chosen, on the record; returns it as it stands then.

    `unit`: one of those that the split unit lives on in, or one below them. `by`: a body that may know of the
    case. Raises NotAsked, ChoiceRefused.
    """
    async with database.transaction() as tx:
        now = await erasures.fence(tx, erasing=False)
        work = Work(basis, now, await cases_store.lock(tx, [case_id]))
        case, asked = work.case(case_id), await store.open_choice(tx, case_id)
        if case is None or asked is None:
            raise NotAsked(str(case_id))
        at = Moment(basis, now, now.astimezone(LOCAL).date())
        offered = {candidate.unit for candidate in asked.candidates}
        path = basis.units.path(unit, at.today)
        # A unit without any successor leaves the whole province to choose from.
        if not path or (offered and offered.isdisjoint(path)):
            raise ChoiceRefused(Fault("unit", "not_offered"))
        if by not in case.audience:
            raise ChoiceRefused(Fault("by", "not_in_audience"))
        decision = choose(case, unit, by, at)
        work.take((decision,), UUID(bytes=uuid_utils.uuid7().bytes), None)
        await store.chosen(tx, case_id, unit, by, now)
        await work.write(tx)
    return work.after[case_id]
