"""reports.events -> cases: lock, decide, write, announce. Everything of a batch in its one transaction."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from types import MappingProxyType
from typing import TypeVar
from uuid import UUID

import structlog

from services.routing import publish
from services.routing.domain.basis import Basis
from services.routing.domain.case import Report
from services.routing.domain.decide import Command, OpenCase, Withdraw
from services.routing.domain.life.commands import Confirm, Object, Refused
from services.routing.domain.parts import may_be_of
from services.routing.domain.seen import Seen, see_all
from services.routing.metrics import REFUSED
from services.routing.store import cases as store
from services.routing.store import commands, erasures
from services.routing.store.commands import Parked
from services.routing.use_cases.erase_reporters import erase_reporters
from services.routing.use_cases.work import Work
from shared.contracts.events import (
    FeedbackGiven,
    ReporterErased,
    ReportEvent,
    ReportReceived,
    ReportWithdrawn,
)
from shared.database import Connection
from shared.messaging.received import Dead, Received, Verdict

log = structlog.get_logger()
K = TypeVar("K")
New = Mapping[UUID, tuple[Report, Seen | None]]


@dataclass(slots=True)
class Batch:
    """What a batch of events leads to.

    `known`: reports that have a case already; `new`: those that have none, and what stands in them;
    `waiting` and `erasures`: withdrawals without a case and requests to be forgotten, by their place in the
    batch.
    """

    work: Work
    known: set[UUID]
    new: New
    waiting: dict[int, Parked] = field(default_factory=dict)
    erasures: dict[int, tuple[UUID, datetime]] = field(default_factory=dict)

    def take(self, index: int, received: Received[ReportEvent]) -> Verdict | Dead:
        """What an event leads to; whether a parked or erasing one is fresh is known when it is written."""
        event, cause, trace = received.event, UUID(received.envelope.id), received.envelope.traceparent
        match event:
            case ReportReceived():
                return self._open(event, cause, trace)
            case ReportWithdrawn():
                return self._ask(index, Parked(event.report_id, cause, "withdraw", event.withdrawn_at, trace))
            case FeedbackGiven():
                about = event.case_id or event.report_id
                if not self._has(event.report_id, about):
                    return Dead("foreign_case", "case_id")
                asked = Parked(about, cause, event.verdict, event.given_at, trace)
                return self._ask(index, asked, event.case_version)
            case ReporterErased():
                self.erasures[index] = (event.report_id, event.erased_at)
        return Verdict.FRESH

    def _has(self, report_id: UUID, case_id: UUID) -> bool:
        """Whether the case is of this report; parts are opened with their root, so before it, it may be."""
        case = self.work.case(case_id)
        if case is not None:
            return case.root_id == report_id
        return self.work.case(report_id) is None and may_be_of(report_id, case_id)

    def _ask(self, index: int, asked: Parked, seen: int | None = None) -> Verdict:
        """What the reporter asks of the case, now or, parked, when it is there."""
        if self.work.case(asked.case_id) is not None:
            return Verdict.FRESH if carry_out(self.work, asked, seen) else Verdict.DUPLICATE
        self.waiting[index] = asked
        return Verdict.FRESH

    def _open(self, event: ReportReceived, cause: UUID, trace: str | None) -> Verdict:
        if event.report_id in self.known or event.report_id in self.work.after:
            return Verdict.DUPLICATE
        report, seen = self.new[event.report_id]
        self.work.reports[event.report_id] = report
        opening = OpenCase(report, self.work.now, seen)
        self.work.carry_out(event.report_id, opening, cause, trace)
        return Verdict.FRESH


def carry_out(work: Work, asked: Parked, seen: int | None = None) -> bool:
    """Do now what the reporter asked for, maybe before the report was decided on; False if nothing changes.

    `seen`: the version whose answer the reporter saw. What comes too late for it changes nothing: the case
    went on, or has been closed.
    """
    try:
        command = _ASKED[asked.kind](work.now, seen, asked.at)
        ids = [asked.case_id, *(work.parts(asked.case_id) if asked.kind == "withdraw" else ())]
        done = [work.carry_out(i, command, asked.causing_event, asked.traceparent) for i in ids]
        return any(done)
    except Refused as refused:
        REFUSED.labels(refused.code).inc()
        log.info("feedback.late", case_id=str(asked.case_id), kind=asked.kind, code=refused.code)
        return False


_ASKED: Mapping[str, Callable[[datetime, int | None, datetime], Command]] = MappingProxyType(
    {
        "withdraw": lambda at, _seen, _given: Withdraw(at),
        "agree": lambda at, seen, _given: Confirm(at, seen),
        "object": Object,
    }
)
"""What is asked for, by its kind: decided now, of the answer that was seen, said when it was given."""


async def decide_reports(
    tx: Connection, events: Sequence[Received[ReportEvent]], basis: Basis
) -> list[Verdict | Dead]:
    """Open a case a report, withdraw cases, erase reporters; park what comes before its case."""
    now = await erasures.fence(tx, erasing=any(isinstance(e.event, ReporterErased) for e in events))
    known = await store.existing(tx, list({e.event.report_id for e in events}))
    asking = {e.event.report_id for e in events if isinstance(e.event, ReportWithdrawn | FeedbackGiven)}
    asked = list(asking & known)
    work = Work(basis, now, await store.lock(tx, [*asked, *await store.parts(tx, asked)]))
    batch = Batch(work, known, new_reports((e.event for e in events), known, basis))
    verdicts: list[Verdict | Dead] = [batch.take(index, received) for index, received in enumerate(events)]
    if work.reports:
        await _apply_parked(tx, work, await commands.parked_for(tx, list(work.reports)))
    kept = await commands.park(tx, list(batch.waiting.values()))
    await work.write(tx)
    forgotten = await erase_reporters(tx, list(batch.erasures.values()))
    for index, parked in batch.waiting.items():
        verdicts[index] = _first(kept, (parked.case_id, parked.causing_event))
    for index, (report_id, _) in batch.erasures.items():
        verdicts[index] = _first(forgotten, report_id)
    return verdicts


def new_reports(events: Iterable[ReportEvent], known: set[UUID], basis: Basis) -> New:
    """The reports of a batch that have no case yet, with what stands in them, by their ids."""
    received = [event for event in events if isinstance(event, ReportReceived)]
    reports = [publish.report_of(event) for event in received if event.report_id not in known]
    both = zip(reports, see_all(reports, basis), strict=True)
    first: dict[UUID, tuple[Report, Seen | None]] = {}
    for report, seen in both:
        first.setdefault(report.report_id, (report, seen))
    return first


def _first(fresh: set[K], key: K) -> Verdict:
    """Fresh for the first of a batch that has the key, if its effect was not there already."""
    verdict = Verdict.FRESH if key in fresh else Verdict.DUPLICATE
    fresh.discard(key)
    return verdict


async def _apply_parked(tx: Connection, work: Work, found: Sequence[Parked]) -> None:
    for parked in found:
        carry_out(work, parked)
    if found:
        await commands.unpark(tx, found)


async def sweep_parked(tx: Connection, basis: Basis, limit: int = 200) -> int:
    """Carry out what waits though its case is there; returns how many commands."""
    ids = await commands.ripe(tx, limit)
    if not ids:
        return 0
    now: datetime = await tx.fetchval("SELECT clock_timestamp()")
    work = Work(basis, now, await store.lock(tx, [*ids, *await store.parts(tx, ids)]))
    found = await commands.parked_for(tx, ids)
    await _apply_parked(tx, work, found)
    await work.write(tx)
    return len(found)
