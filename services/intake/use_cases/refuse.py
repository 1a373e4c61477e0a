"""A registered source's submission that does not come in: kept as an answer for it, and announced."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from services.intake import publish
from services.intake.domain.candidate import Candidate, Refused
from services.intake.store import submissions
from services.intake.use_cases.accept import SERVICE
from shared.database import Connection
from shared.outbox import Outgoing, announce
from shared.telemetry import after_commit

log = structlog.get_logger()


async def refuse(tx: Connection, refused: Sequence[Refused], at: datetime) -> None:
    """Write refusals and announce the new ones; the same body refused again changes nothing."""
    if not refused:
        return
    written = await submissions.refuse(tx, refused)
    fresh = [r for r in refused if r.report_id in written]
    await announce(tx, SERVICE, [Outgoing(publish.rejected(r, at), traceparent=r.traceparent) for r in fresh])
    after_commit(lambda: _log(fresh))


def _log(refused: Sequence[Refused]) -> None:
    for r in refused:
        trace_id = r.traceparent.split("-")[1] if r.traceparent else None
        log.info("report.refused", report_id=str(r.report_id), reason=r.reason, trace_id=trace_id)


def conflicting(candidate: Candidate) -> Refused:
    """The refusal of a candidate whose natural key another body holds."""
    return Refused(
        candidate.scope,
        candidate.key,
        candidate.fingerprint,
        "conflict",
        "",
        candidate.report_id,
        candidate.traceparent,
    )
