"""Timers: find what is due without a lock, lock it, read its clocks again, decide by the database's clock."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID, uuid5

import structlog

from services.routing import metrics
from services.routing.domain.basis import Basis
from services.routing.domain.case import Case
from services.routing.domain.decision import Decision
from services.routing.domain.escalation.act import Instant, act
from services.routing.domain.escalation.due import Due, Running, due_step, next_look, running
from services.routing.domain.escalation.valve import body_of, release
from services.routing.store import cases as store
from services.routing.store import timers
from services.routing.use_cases.basis import BasisHolder
from services.routing.use_cases.passing_over import passing_over
from services.routing.use_cases.work import Work
from shared.database import Connection, Database

log = structlog.get_logger()

_LIMIT = 200
_HOUR = timedelta(hours=1)
"""What the valve counts by; and when a case whose step could not be decided is tried again."""
_KEPT = timedelta(days=7)
_FIRST = UUID(int=0)


class Escalator:
    """Called again and again; of all processes of routing one at a time works."""

    def __init__(self, database: Database, basis: BasisHolder) -> None:
        self._database = database
        self._basis = basis
        self._armed: Basis | None = None

    async def __call__(self) -> None:
        """Take every step that is due, a batch a transaction."""
        basis = self._basis.made
        if basis is None:
            return
        if self._armed is None or self._armed.rules is not basis.rules:
            await self._arm(basis)
        looked = _LIMIT
        while looked == _LIMIT:
            async with self._database.transaction() as tx:
                looked = await escalate(tx, basis, _LIMIT) if await timers.alone(tx) else 0

    async def _arm(self, basis: Basis) -> None:
        """By other steps or another calendar, cases may be due at other times: look at them all."""
        async with self._database.transaction() as tx:
            changed = await timers.arm(tx, _digest(basis))
        after: UUID | None = _FIRST if changed else None
        while after is not None:
            async with self._database.transaction() as tx:
                after = await timers.look_again(tx, after, 1_000)
        self._armed = basis


class Overdue:
    """Sets the gauges of timers and overdue cases; called again and again."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def __call__(self) -> None:
        """One look at the cases whose clocks run."""
        async with self._database.connection() as connection:
            state = await timers.state(connection)
        metrics.TIMERS_DUE.set(state.due)
        metrics.TIMERS_LATE.set(state.late_s)
        metrics.CALLS_HELD.set(state.held)
        metrics.OVERDUE.labels("settle").set(state.settle)
        metrics.OVERDUE.labels("listen").set(state.listen)


async def escalate(tx: Connection, basis: Basis, limit: int) -> int:
    """Look at the cases that are due, at most `limit`; returns how many those were."""
    ids = await timers.due(tx, limit)
    if not ids:
        return 0
    cases = await store.lock(tx, ids)
    now: datetime = await tx.fetchval("SELECT clock_timestamp()")
    looking = Look(basis, now, await timers.reached(tx, ids), await timers.done(tx, ids))
    # Who was changed since it was found due may not be due any more.
    calls = [
        call for case in cases.values() if case.look_at and case.look_at <= now for call in looking.at(case)
    ]
    hour = now.replace(minute=0, second=0, microsecond=0)
    had = await timers.calls(tx, hour, sorted({body_of(call.decision) for call in calls}))
    await _let_through(tx, looking, calls, had, hour)
    return len(ids)


async def _let_through(
    tx: Connection, looking: "Look", calls: Sequence["Call"], had: Mapping[str, int], hour: datetime
) -> None:
    basis = looking.basis
    limit, version = basis.rules.escalation.calls_per_hour, basis.rules.version
    released = release([call.decision for call in calls], had, limit, version)
    work = Work(basis, looking.now, {call.case.case_id: call.case for call in calls})
    by_case = {call.case.case_id: call for call in calls}
    for decision in released.sent:
        call = by_case[decision.case_id]
        work.take((decision,), call.cause, None)
        looking.after(call, decision)
    for decision in released.held:
        looking.looks[decision.case_id] = hour + _HOUR
    metrics.called([by_case[decision.case_id].due.step.action for decision in released.sent])
    await work.write(tx)
    await timers.look(tx, looking.looks)
    if released.counted:
        await timers.count(tx, hour, released.counted)
        await timers.forget(tx, hour - _KEPT)
    for body, (_, held) in released.counted.items():
        if held:
            log.warning("timers.held", body=body, cases=held, until=str(hour + _HOUR))


@dataclass(frozen=True, slots=True)
class Call:
    """A step that is due for a case, and the decision that it leads to."""

    case: Case
    due: Due
    decision: Decision

    @property
    def cause(self) -> UUID:
        """The same step of the same clock has the same cause, so it cannot be on the record twice."""
        return uuid5(self.case.case_id, f"{self.due.step.rule}/{self.due.at.isoformat()}")


@dataclass(slots=True)
class Look:
    """One batch's look at clocks: what was reached and done, and when each case is looked at next."""

    basis: Basis
    now: datetime
    reached: Mapping[UUID, Mapping[str, datetime]]
    done: Mapping[UUID, Mapping[str, datetime]]
    looks: dict[UUID, datetime | None] = field(default_factory=dict)

    def at(self, case: Case) -> Iterator[Call]:
        """The call that is due for a case, if there is one. What breaks is tried again, and stops nobody."""
        clocks, done = self._clocks(case), self.done.get(case.case_id, {})
        due = due_step(clocks, done, self.now, self.basis.timetable)
        if due is None:
            self.looks[case.case_id] = next_look(clocks, done, self.now, self.basis.timetable)
            return
        reached = next(one.reached for one in clocks if one.clock == due.step.clock) is not None
        decision: Decision | None = None
        with passing_over("clock", case.case_id, step=due.step.rule):
            decision = act(case, due, Instant(self.now, reached), self.basis)
        if decision is None:
            self.looks[case.case_id] = self.now + _HOUR
        else:
            yield Call(case, due, decision)

    def after(self, call: Call, decision: Decision) -> None:
        """When a case is looked at again that a step was taken for."""
        steps = (call.due.step, *call.due.collapsed)
        done = {**self.done.get(call.case.case_id, {}), **{step.rule: self.now for step in steps}}
        clocks = running(decision, self.reached.get(call.case.case_id, {}))
        self.looks[call.case.case_id] = next_look(clocks, done, self.now, self.basis.timetable)

    def _clocks(self, case: Case) -> tuple[Running, ...]:
        return running(case, self.reached.get(case.case_id, {}))


def _digest(basis: Basis) -> str:
    return sha256(repr((basis.rules.escalation, basis.rules.calendar)).encode()).hexdigest()[:16]
