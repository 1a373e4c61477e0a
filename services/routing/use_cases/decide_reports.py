"""reports.events -> cases: lock, decide, write, announce. Everything of a batch in its one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TypeVar
from uuid import UUID

import orjson
import structlog

from services.routing import metrics, publish
from services.routing.domain.basis import Basis
from services.routing.domain.case import Case, Facts, Report
from services.routing.domain.decide import Command, OpenCase, Opened, Withdraw, decide, evolve
from services.routing.store import cases as store
from services.routing.store import commands, erasures
from services.routing.store.cases import DecisionRow
from services.routing.store.commands import Parked
from services.routing.use_cases.erase_reporters import erase_reporters
from shared.contracts.events import ReporterErased, ReportEvent, ReportReceived, ReportWithdrawn
from shared.database import Connection
from shared.messaging.received import Dead, Received, Verdict
from shared.outbox import Outgoing, announce

log = structlog.get_logger()

K = TypeVar("K")


@dataclass(slots=True)
class Work:
    """One transaction's cases: as they were, as they are now, and what led from one to the other.

    `known`: reports that have a case already; `reports`: those that got one here; `waiting` and `erasures`:
    withdrawals without a case and requests to be forgotten, by their place in the batch.
    """

    basis: Basis
    now: datetime
    before: dict[UUID, Case]
    known: set[UUID] = field(default_factory=set)
    after: dict[UUID, Case] = field(default_factory=dict)
    decisions: list[DecisionRow] = field(default_factory=list)
    outgoing: list[Outgoing] = field(default_factory=list)
    reports: dict[UUID, Report] = field(default_factory=dict)
    waiting: dict[int, Parked] = field(default_factory=dict)
    erasures: dict[int, tuple[UUID, datetime]] = field(default_factory=dict)

    def case(self, case_id: UUID) -> Case | None:
        return self.after.get(case_id) or self.before.get(case_id)

    def take(self, index: int, received: Received[ReportEvent]) -> Verdict:
        """What an event leads to; whether a parked or erasing one is fresh is known when it is written."""
        event, cause, trace = received.event, UUID(received.envelope.id), received.envelope.traceparent
        match event:
            case ReportReceived():
                return self._open(event, cause, trace)
            case ReportWithdrawn():
                asked = Parked(event.report_id, cause, "withdraw", event.withdrawn_at, trace)
                if self.case(event.report_id) is not None:
                    return Verdict.FRESH if self.withdraw(asked) else Verdict.DUPLICATE
                self.waiting[index] = asked
            case ReporterErased():
                self.erasures[index] = (event.report_id, event.erased_at)
        return Verdict.FRESH

    def _open(self, event: ReportReceived, cause: UUID, trace: str | None) -> Verdict:
        if event.report_id in self.known or event.report_id in self.after:
            return Verdict.DUPLICATE
        report = self.reports[event.report_id] = publish.report_of(event)
        self.carry_out(event.report_id, OpenCase(report, self.now), cause, trace)
        return Verdict.FRESH

    def withdraw(self, asked: Parked) -> bool:
        """End the case now: a withdrawal may have been asked for before its report was decided on."""
        return self.carry_out(asked.case_id, Withdraw(self.now), asked.causing_event, asked.traceparent)

    def carry_out(self, case_id: UUID, command: Command, cause: UUID, traceparent: str | None) -> bool:
        """Decide and evolve; False if the command changes nothing."""
        decisions = decide(self.case(case_id), command, self.basis)
        for step, decision in enumerate(decisions):
            was = self.case(case_id)
            now = evolve(was, decision)
            self.after[case_id] = now
            self.decisions.append(
                DecisionRow(
                    after=now,
                    causing_event=cause,
                    step=step,
                    kind=type(decision).__name__,
                    reasons=decision.reasons,
                    changes=_changes(was.facts, now.facts) if was else None,
                    decided_at=decision.decided_at,
                    traceparent=traceparent,
                )
            )
            event = publish.case_event(was, decision, now)
            self.outgoing.append(Outgoing(event, str(cause), traceparent))
            if isinstance(decision, Opened) and now.findings.error:
                # The error's words may hold the report's; its kind and the case lead to both.
                log.error("decision.broke", case_id=str(case_id), error=now.findings.error)
        return bool(decisions)

    def forget(self, gone: set[UUID]) -> None:
        """Keep no text and no words of erased reports, whose cases are being made all the same."""
        for report_id in gone & self.reports.keys():
            del self.reports[report_id]
            case = self.after[report_id]
            self.after[report_id] = replace(case, findings=case.findings.wordless())
        if gone:
            self.decisions = [d.wordless() if d.after.root_id in gone else d for d in self.decisions]


def _changes(was: Facts, now: Facts) -> bytes:
    """{field: [before, after]} of what changed."""
    pairs = {name: (getattr(was, name), getattr(now, name)) for name in Facts.__slots__}
    return orjson.dumps({name: pair for name, pair in pairs.items() if pair[0] != pair[1]})


async def decide_reports(
    tx: Connection, events: Sequence[Received[ReportEvent]], basis: Basis
) -> list[Verdict | Dead]:
    """Open a case a report, withdraw cases, erase reporters; park what comes before its case."""
    now = await erasures.fence(tx, erasing=any(isinstance(e.event, ReporterErased) for e in events))
    known = await store.existing(tx, list({e.event.report_id for e in events}))
    withdrawn = {e.event.report_id for e in events if isinstance(e.event, ReportWithdrawn)}
    work = Work(basis, now, await store.lock(tx, list(withdrawn & known)), known)
    verdicts: list[Verdict | Dead] = [work.take(index, received) for index, received in enumerate(events)]
    if work.reports:
        await _apply_parked(tx, work, await commands.parked_for(tx, list(work.reports)))
    await _write(tx, work)
    kept = await commands.park(tx, list(work.waiting.values()))
    forgotten = await erase_reporters(tx, list(work.erasures.values()))
    for index, parked in work.waiting.items():
        verdicts[index] = _first(kept, (parked.case_id, parked.causing_event))
    for index, (report_id, _) in work.erasures.items():
        verdicts[index] = _first(forgotten, report_id)
    await announce(tx, "routing", work.outgoing)
    return verdicts


def _first(fresh: set[K], key: K) -> Verdict:
    """Fresh for the first of a batch that has the key, if its effect was not there already."""
    verdict = Verdict.FRESH if key in fresh else Verdict.DUPLICATE
    fresh.discard(key)
    return verdict


async def _apply_parked(tx: Connection, work: Work, found: Sequence[Parked]) -> None:
    for parked in found:
        work.withdraw(parked)
    if found:
        await commands.unpark(tx, found)


async def _write(tx: Connection, work: Work) -> None:
    if work.reports:
        work.forget(await erasures.erased(tx, list(work.reports)))
    new = [case for i, case in sorted(work.after.items()) if i not in work.before]
    if new:
        await store.insert(tx, new, work.reports)
    changed = [(work.before[i], case) for i, case in sorted(work.after.items()) if i in work.before]
    if changed:
        await store.change(tx, changed)
    if work.decisions:
        await store.append_decisions(tx, work.decisions)
        metrics.decided(work.decisions)


async def sweep_parked(tx: Connection, basis: Basis, limit: int = 200) -> int:
    """Carry out what waits though its case is there; returns how many commands."""
    ids = await commands.ripe(tx, limit)
    if not ids:
        return 0
    now: datetime = await tx.fetchval("SELECT clock_timestamp()")
    work = Work(basis, now, await store.lock(tx, ids))
    found = await commands.parked_for(tx, ids)
    await _apply_parked(tx, work, found)
    await _write(tx, work)
    await announce(tx, "routing", work.outgoing)
    return len(found)
