"""One transaction's cases: decide, evolve, and at its end write and announce all that came of it.

Every use case that changes cases does it through here, so that history, projections and events agree.
"""

from dataclasses import dataclass, field, replace
from datetime import datetime
from secrets import token_bytes
from uuid import UUID

import structlog

from services.routing import metrics, publish
from services.routing.domain.basis import Basis
from services.routing.domain.case import Case, Report
from services.routing.domain.chain import Cause, Told, seal, told_of
from services.routing.domain.decide import Command, decide
from services.routing.domain.decision import Decision, evolve
from services.routing.domain.escalation.due import first_look
from services.routing.domain.follow_map import stale
from services.routing.domain.incidents.circle import out_of_circle
from services.routing.domain.incidents.linkable import left, to_look_at
from services.routing.store import cases as store
from services.routing.store import erasures, incidents
from services.routing.store import map as map_store
from services.routing.store.cases import DecisionRow
from shared.database import Connection
from shared.local_time import LOCAL
from shared.outbox import Outgoing, announce

log = structlog.get_logger()


@dataclass(slots=True)
class Work:
    """Cases as they were locked, as they are now, and what led from one to the other.

    `reports`: what each case that is opened here is opened on, by the case's id.
    """

    basis: Basis
    now: datetime
    before: dict[UUID, Case]
    after: dict[UUID, Case] = field(default_factory=dict)
    decisions: list[DecisionRow] = field(default_factory=list)
    outgoing: list[Outgoing] = field(default_factory=list)
    reports: dict[UUID, Report] = field(default_factory=dict)

    def case(self, case_id: UUID) -> Case | None:
        return self.after.get(case_id) or self.before.get(case_id)

    def parts(self, root_id: UUID) -> list[UUID]:
        """The cases of a report's further matters, of those that are at hand."""
        at_hand = {**self.before, **self.after}
        return sorted(i for i, case in at_hand.items() if case.root_id == root_id != i)

    def carry_out(self, case_id: UUID, command: Command, cause: UUID, traceparent: str | None) -> bool:
        """Decide and evolve; False if the command changes nothing."""
        return self.take(decide(self.case(case_id), command, self.basis), cause, traceparent)

    def take(self, decisions: tuple[Decision, ...], cause: UUID, traceparent: str | None) -> bool:
        """Evolve the cases by what one cause led to, in its order; False if that is nothing."""
        for step, decided in enumerate(decisions):
            was = self.case(decided.case_id)
            decision = out_of_circle(was, decided, self.basis.rules.incidents.version)
            if decision.part is not None:
                self.reports[decision.case_id] = decision.part
            told = None if was else self._told(decision.case_id)
            sealed = seal(was, decision, Cause(cause, step), told, token_bytes(16))
            now = evolve(was, decision, sealed.link, first_look(decision, self.basis.timetable))
            self.after[decision.case_id] = now
            self.decisions.append(
                DecisionRow(
                    after=now,
                    causing_event=cause,
                    step=step,
                    kind=decision.kind,
                    reasons=decision.reasons,
                    changes=sealed.changes,
                    decided_at=decision.decided_at,
                    traceparent=traceparent,
                    by=decision.by,
                    link=sealed.link,
                    commitment=sealed.commitment,
                    salt=sealed.salt,
                )
            )
            self.outgoing.append(Outgoing(publish.case_event(was, decision, now), str(cause), traceparent))
            if was is None and now.findings.error:
                # The error's words may hold the report's; its kind and the case lead to both.
                log.error("decision.broke", case_id=str(decision.case_id), error=now.findings.error)
        return bool(decisions)

    def _told(self, case_id: UUID) -> Told | None:
        """What a case is opened on, as it will be kept."""
        report = self.reports.get(case_id)
        if report is None:
            return None
        return told_of(
            report.text, report.place_hint, report.reporter_unit, *(report.location or (None, None))
        )

    def forget(self, gone: set[UUID]) -> None:
        """Keep no text and no words of erased reports, whose cases are being made all the same."""
        self.reports = {i: report for i, report in self.reports.items() if report.report_id not in gone}
        for case_id, case in self.after.items():
            if case.root_id in gone:
                self.after[case_id] = replace(case, findings=case.findings.wordless())
        if gone:
            self.decisions = [d.wordless() if d.after.root_id in gone else d for d in self.decisions]

    async def write(self, tx: Connection) -> None:
        """Cases, texts, history; then the events, last of all locks."""
        if self.reports:
            self.forget(await erasures.erased(tx, list({r.report_id for r in self.reports.values()})))
        new = [case for i, case in sorted(self.after.items()) if i not in self.before]
        if new:
            await store.insert(tx, new, self.reports)
        changed = [(self.before[i], case) for i, case in sorted(self.after.items()) if i in self.before]
        if changed:
            await store.change(tx, changed)
        if self.decisions:
            await store.append_decisions(tx, self.decisions)
            metrics.decided(self.decisions)
        await self._mark_moving(tx)
        await incidents.mark(tx, self._to_compare())
        await announce(tx, "routing", self.outgoing)

    def _to_compare(self) -> list[incidents.Mark]:
        """What the second step must look at."""
        pairs = ((self.before.get(case_id), case) for case_id, case in self.after.items())
        return [
            incidents.Mark(after.case_id, unit, left(before, after))
            for before, after in pairs
            for unit in to_look_at(before, after)
        ]

    async def _mark_moving(self, tx: Connection) -> None:
        """Note which cases may lie elsewhere by now: of an earlier day, or decided on a map that is not the
        newest. Who follows the map looks at them."""
        units, moving = self.basis.units, list(self.after)
        if await map_store.newest(tx) == units.version:
            today = self.now.astimezone(LOCAL).date()
            earlier = ((i, case) for i, case in self.after.items() if case.facts.report_date != today)
            moving = [i for i, case in earlier if stale(case, today, units)]
        if moving:
            await map_store.mark(tx, moving)
