"""reports.events -> cases: lock, decide, write, announce. Everything of a batch in its one transaction."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import orjson

from services.routing import publish
from services.routing.domain.basis import Basis
from services.routing.domain.case import Case, Facts, Report
from services.routing.domain.decide import Command, OpenCase, Opened, Withdraw, decide, evolve
from services.routing.metrics import CASES
from services.routing.store import cases as store
from services.routing.store import commands
from services.routing.store.cases import DecisionRow
from services.routing.store.commands import Parked
from services.routing.store.rows import reasons_bytes
from shared.contracts.events import ReporterErased, ReportEvent, ReportReceived, ReportWithdrawn
from shared.database import Connection
from shared.messaging.received import Dead, Received, Verdict
from shared.outbox import Outgoing, announce


@dataclass(slots=True)
class Work:
    """One transaction's cases: as they were, as they are now, and what led from one to the other."""

    basis: Basis
    now: datetime
    before: dict[UUID, Case]
    after: dict[UUID, Case] = field(default_factory=dict)
    decisions: list[DecisionRow] = field(default_factory=list)
    outgoing: list[Outgoing] = field(default_factory=list)

    def case(self, case_id: UUID) -> Case | None:
        return self.after.get(case_id) or self.before.get(case_id)

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
                    reasons=reasons_bytes(decision.reasons),
                    changes=_changes(was.facts, now.facts) if was else None,
                    decided_at=decision.decided_at,
                    traceparent=traceparent,
                )
            )
            event = publish.case_event(was, decision, now)
            self.outgoing.append(Outgoing(event, str(cause), traceparent))
            if isinstance(decision, Opened):
                CASES.labels(now.facts.state, now.facts.level).inc()
        return bool(decisions)


def _changes(was: Facts, now: Facts) -> bytes:
    """{field: [before, after]} of what changed."""
    pairs = {name: (getattr(was, name), getattr(now, name)) for name in Facts.__slots__}
    return orjson.dumps({name: pair for name, pair in pairs.items() if pair[0] != pair[1]})


async def decide_reports(
    tx: Connection, events: Sequence[Received[ReportEvent]], basis: Basis
) -> list[Verdict | Dead]:
    """Open a case a report, withdraw cases, erase reporters; park what comes before its case."""
    ids = list({e.event.report_id for e in events})
    known = await store.existing(tx, ids)
    withdrawn = {e.event.report_id for e in events if isinstance(e.event, ReportWithdrawn)}
    now: datetime = await tx.fetchval("SELECT clock_timestamp()")
    work = Work(basis, now, await store.lock(tx, list(withdrawn & known)))
    reports: dict[UUID, Report] = {}
    verdicts: list[Verdict | Dead] = []
    waiting: dict[int, Parked] = {}
    erasures: dict[int, tuple[UUID, datetime]] = {}
    for index, received in enumerate(events):
        event, cause = received.event, UUID(received.envelope.id)
        verdict = Verdict.FRESH
        match event:
            case ReportReceived():
                if event.report_id in known or work.case(event.report_id):
                    verdict = Verdict.DUPLICATE
                else:
                    report = reports[event.report_id] = publish.report_of(event)
                    work.carry_out(
                        event.report_id, OpenCase(report, now), cause, received.envelope.traceparent
                    )
            case ReportWithdrawn():
                if work.case(event.report_id) is None:
                    waiting[index] = Parked(
                        event.report_id, cause, "withdraw", event.withdrawn_at, received.envelope.traceparent
                    )
                elif not work.carry_out(
                    event.report_id, Withdraw(event.withdrawn_at), cause, received.envelope.traceparent
                ):
                    verdict = Verdict.DUPLICATE
            case ReporterErased():
                erasures[index] = (event.report_id, event.erased_at)
        verdicts.append(verdict)
    await _apply_parked(tx, work, [i for i in reports if i in work.after])
    await _write(tx, work, reports)
    await _park(tx, waiting, verdicts)
    await _erase(tx, erasures, verdicts)
    await announce(tx, "routing", work.outgoing)
    return verdicts


async def _apply_parked(tx: Connection, work: Work, opened: list[UUID]) -> None:
    found = await commands.parked_for(tx, opened) if opened else []
    for parked in found:
        work.carry_out(parked.case_id, Withdraw(parked.at), parked.causing_event, parked.traceparent)
    if found:
        await commands.unpark(tx, found)


async def _write(tx: Connection, work: Work, reports: dict[UUID, Report]) -> None:
    new = [case for i, case in sorted(work.after.items()) if i not in work.before]
    if new:
        gone = await store.erased(tx, [case.case_id for case in new])
        await store.insert(tx, new, {i: r for i, r in reports.items() if i not in gone})
    changed = [case for i, case in sorted(work.after.items()) if i in work.before]
    if changed:
        await store.change(tx, changed)
    if work.decisions:
        await store.append_decisions(tx, work.decisions)


async def _park(tx: Connection, waiting: dict[int, Parked], verdicts: list[Verdict | Dead]) -> None:
    kept = await commands.park(tx, list(waiting.values()))
    for index, parked in waiting.items():
        if (parked.case_id, parked.causing_event) not in kept:
            verdicts[index] = Verdict.DUPLICATE


async def _erase(
    tx: Connection, erasures: dict[int, tuple[UUID, datetime]], verdicts: list[Verdict | Dead]
) -> None:
    if not erasures:
        return
    fresh = await commands.erase(tx, list(erasures.values()))
    for index, (report_id, _) in erasures.items():
        if report_id not in fresh:
            verdicts[index] = Verdict.DUPLICATE
        fresh.discard(report_id)


async def sweep_parked(tx: Connection, basis: Basis, limit: int = 200) -> int:
    """Carry out what waits though its case is there; returns how many commands."""
    ids = await commands.ripe(tx, limit)
    if not ids:
        return 0
    now: datetime = await tx.fetchval("SELECT clock_timestamp()")
    work = Work(basis, now, await store.lock(tx, ids))
    found = await commands.parked_for(tx, ids)
    for parked in found:
        work.carry_out(parked.case_id, Withdraw(parked.at), parked.causing_event, parked.traceparent)
    await _write(tx, work, {})
    await commands.unpark(tx, found)
    await announce(tx, "routing", work.outgoing)
    return len(found)
