"""A withdrawal is decided when routing decides it, whenever its reporter asked for it."""

from datetime import datetime, timedelta
from uuid import UUID

from services.routing.store.commands import Parked
from services.routing.use_cases.decide_reports import Batch, carry_out, new_reports
from services.routing.use_cases.work import Work
from shared.contracts.events import ReportWithdrawn
from shared.messaging.envelope import new_envelope
from shared.messaging.received import Received, Verdict
from tests.unit.routing.ground import VN, basis, report
from tests.unit.routing.ground import received as event_of

ASKED = datetime(2026, 3, 2, 9, 5, tzinfo=VN)
NOW = ASKED + timedelta(hours=1)
REPORT = report("Rác ở phường Vũ Ninh ba ngày không ai thu gom")
CAUSE = UUID(int=9)


def received(event):
    head = new_envelope("langnghe.intake", event.ce_type(), causation=None, traceparent=None)
    return Received(0, 0, head, event)


def taken(*told):
    batch = Batch(Work(basis(), NOW, {}), set(), new_reports(told, set(), basis()))
    verdicts = [batch.take(index, received(event)) for index, event in enumerate(told)]
    return batch, verdicts


ARRIVED = event_of(REPORT)
GONE = ReportWithdrawn(report_id=REPORT.report_id, withdrawn_at=ASKED)


def test_a_withdrawal_stands_after_its_opening_though_it_was_asked_for_before():
    batch, verdicts = taken(ARRIVED, GONE)
    assert verdicts == [Verdict.FRESH, Verdict.FRESH]
    assert [row.kind for row in batch.work.decisions] == ["Opened", "Withdrawn"]
    assert [row.decided_at for row in batch.work.decisions] == [NOW, NOW]


def test_so_does_one_that_waited_for_its_case():
    early, _ = taken(GONE)
    (waiting,) = early.waiting.values()
    assert waiting.at == ASKED
    batch, _ = taken(ARRIVED)
    work = batch.work
    carry_out(work, Parked(REPORT.report_id, CAUSE, "withdraw", ASKED, None))
    assert [row.decided_at for row in work.decisions] == [NOW, NOW]
    assert work.after[REPORT.report_id].facts.state == "withdrawn"
