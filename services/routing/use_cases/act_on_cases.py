"""An officer's command on a case, and a clock's: lock, decide, write, announce, in one transaction.

A command has an id of its own: the same again changes nothing and is answered as it was. What breaks leaves
the case as it was; nothing is ever half done.
"""

from dataclasses import dataclass, replace
from uuid import UUID, uuid5

import structlog

from services.routing.domain.basis import Basis
from services.routing.domain.case import Case
from services.routing.domain.life.answering import answer_linked
from services.routing.domain.life.commands import Answer, Close, LifeCommand, Refused
from services.routing.store import cases as store
from services.routing.store import erasures, life
from services.routing.use_cases.basis import BasisHolder
from services.routing.use_cases.work import Work
from shared.database import Connection, Database

log = structlog.get_logger()
_CLOSING = UUID("2f0e7a52-6f0f-5d0a-9b57-2d9b1c6f4a11")


class UnknownCase(LookupError):
    """There is no such case."""


@dataclass(frozen=True, slots=True)
class Done:
    """The case as it stands after a command; `changed`: the command led to something, now."""

    case: Case
    changed: bool


@dataclass(frozen=True, slots=True)
class Acting:
    """A refusal with the case as it stood, for who must say why."""

    case: Case
    refused: Refused


async def act_on_case(
    database: Database, basis: Basis, case_id: UUID, command_id: UUID, command: LifeCommand
) -> Done | Acting:
    """Carry out a command at the database's instant, under its own id. Raises UnknownCase.

    A leading case's answer answers the cases that are linked to it.
    """
    done = None
    while done is None:
        done = await _attempt(database, basis, case_id, command_id, command)
    return done


async def _attempt(
    database: Database, basis: Basis, case_id: UUID, command_id: UUID, command: LifeCommand
) -> Done | Acting | None:
    """As `act_on_case`; None, and nothing done, where another case was linked to this one meanwhile."""
    async with database.transaction() as tx:
        now = await erasures.fence(tx, erasing=False)
        members = await _members(tx, case_id, command)
        work = Work(basis, now, await store.lock(tx, [case_id, *members]))
        case = work.case(case_id)
        if case is None:
            raise UnknownCase(str(case_id))
        # Whoever links a case locks the leading one: once it is ours nobody joins, but somebody may have.
        if not work.before.keys() >= set(await _members(tx, case_id, command)):
            return None
        if await life.decided_by(tx, case_id, command_id):
            return Done(case, changed=False)
        command = replace(command, at=now)
        try:
            changed = work.carry_out(case_id, command, command_id, None)
            _answer_members(work, case_id, command_id, command)
        except Refused as refused:
            return Acting(case, refused)
        work.forget(await erasures.erased(tx, sorted({c.root_id for c in work.after.values()})))
        await work.write(tx)
    return Done(work.case(case_id) or case, changed)


async def _members(tx: Connection, case_id: UUID, command: LifeCommand) -> list[UUID]:
    """The cases that are answered with this one; of another command none."""
    return await life.linked_to(tx, case_id) if isinstance(command, Answer) else []


def _answer_members(work: Work, case_id: UUID, command_id: UUID, command: LifeCommand) -> None:
    """Each linked case, under the command's own id: its key is (case, command, step)."""
    leading = work.case(case_id)
    if not isinstance(command, Answer) or leading is None:
        return
    for member in sorted(work.before):
        linked = work.case(member)
        if member != case_id and linked is not None:
            work.take(answer_linked(linked, command, leading, work.basis), command_id, None)


class CloseUnopposed:
    """Called again and again: ends what nobody objected to."""

    def __init__(self, database: Database, basis: BasisHolder) -> None:
        self._database = database
        self._basis = basis

    async def __call__(self) -> None:
        """Until nothing is ripe."""
        while await close_unopposed(self._database, self._basis.current):
            pass


async def close_unopposed(database: Database, basis: Basis, limit: int = 200) -> int:
    """End the cases whose reporters did not object in time; returns how many."""
    async with database.transaction() as tx:
        now = await erasures.fence(tx, erasing=False)
        work = Work(basis, now, await store.lock(tx, await life.unopposed(tx, limit)))
        for case_id, case in work.before.items():
            try:
                # Objected and answered again, a case is closed again: the version keeps the two apart.
                work.carry_out(case_id, Close(now), uuid5(_CLOSING, f"{case_id}/{case.version}"), None)
            except Refused:
                # Somebody was quicker between the look and the lock.
                continue
        await work.write(tx)
    return len(work.after)
