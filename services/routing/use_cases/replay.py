"""Decides the stored past again by other rules, on the map of now, and writes nothing."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from services.routing.domain.basis import Basis
from services.routing.domain.case import Case
from services.routing.domain.chain import codes
from services.routing.domain.decision import Decision
from services.routing.domain.proof import History, opened_as
from services.routing.domain.shadow import Tally, decide_again
from services.routing.store import chain as store
from shared.database import Connection


async def replay(tx: Connection, basis: Basis, since: date) -> Tally:
    """Every report of `since` or later, beside how its cases were opened; erased ones are only counted.

    Memory holds a slice of the cases at a time, and which reports were mixed.
    """
    tally, parts = Tally(), await store.parts(tx)
    async for history in store.histories(tx):
        case = _root(history, since)
        if case is None:
            continue
        if history.told is None:
            tally.erased += 1
            continue
        root, *further = decide_again(case, history.told, basis)
        tally.take(opened_as(history, case), root)
        await _take_parts(tx, tally, parts.get(case.case_id, ()), further)
    return tally


def _root(history: History, since: date) -> Case | None:
    """The case, if it is a root case of that time whose history is there."""
    case = history.case
    if case is None or not history.kept or case.root_id != case.case_id or case.facts.report_date < since:
        return None
    return case


async def _take_parts(
    tx: Connection, tally: Tally, known: Sequence[UUID], further: Sequence[Decision]
) -> None:
    """The further matters of a mixed report: by both, by one of them only."""
    now = {decision.case_id: decision for decision in further}
    for case_id in known:
        history = await store.history(tx, case_id)
        if history is None or history.case is None or not history.kept:
            continue
        was, decision = opened_as(history, history.case), now.pop(case_id, None)
        if decision is None:
            tally.part(was, None)
        else:
            tally.take(was, decision)
    for decision in now.values():
        tally.part(None, codes(decision.facts, decision.audience, decision.findings))
