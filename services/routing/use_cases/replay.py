"""Decides the stored past again by other rules, on the map of now, and writes nothing."""

from datetime import date

from services.routing.domain.basis import Basis
from services.routing.domain.proof import opened_as
from services.routing.domain.shadow import Tally, decide_again
from services.routing.store import chain as store
from shared.database import Connection


async def replay(tx: Connection, basis: Basis, since: date) -> Tally:
    """Every case whose report is of `since` or later, beside how it was opened; erased ones are only counted.

    Memory holds a slice of the cases at a time.
    """
    tally = Tally()
    async for history in store.histories(tx):
        case = history.case
        if case is None or not history.kept or case.facts.report_date < since:
            continue
        if history.told is None:
            tally.erased += 1
        else:
            tally.take(opened_as(history, case), decide_again(case, history.told, basis))
    return tally
