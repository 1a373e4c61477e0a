"""How an attempt ended, written under its lease, with the end of its notifications and their events."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import structlog
import uuid_utils
from asyncpg import Record

from services.notify import metrics, publish
from services.notify.domain.outcome import Outcome
from services.notify.store import deliveries as store
from services.notify.store.deliveries import Claimed
from shared.database import Connection
from shared.outbox import Outgoing, announce
from shared.telemetry import after_commit

log = structlog.get_logger()

OUT_OF_AUDIENCE = "out_of_audience"
_TRACES = 5
"""Most trace ids that a log line names; a digest carries hundreds of notifications."""


async def mark(
    tx: Connection, claimed: Claimed, records: Sequence[Record], outcome: Outcome, pause: timedelta | None
) -> bool:
    """Settle the message, or put it back for `pause`. False if the lease was lost: then nothing is written.

    A retry without a pause is the end. What the body may not know any more is not sent, and says so; nor is
    any of a message that is withheld.
    """
    again = outcome.result == "retry" and pause is not None
    final = "failed" if outcome.result == "retry" else outcome.result
    ours = await store.mark(
        tx,
        claimed,
        state="ready" if again else final,
        outcome="retry" if again else final,
        error=outcome.error,
        pause=pause or timedelta(0),
    )
    if not ours:
        return False
    _tell(claimed, records, outcome, "retry" if again else final)
    if not again:
        await _settle(tx, claimed, records, outcome, final)
    return True


async def _settle(
    tx: Connection, claimed: Claimed, records: Sequence[Record], outcome: Outcome, state: str
) -> None:
    allowed = [r for r in records if r["allowed"]]
    barred = [r for r in records if not r["allowed"]]
    end = "unsent" if state == "withheld" else state
    await store.settle(tx, claimed.recipient_id, [_key(r) for r in barred], "unsent", OUT_OF_AUDIENCE)
    await store.settle(tx, claimed.recipient_id, [_key(r) for r in allowed], end, outcome.error)
    now = datetime.now(UTC)
    metrics.settled(claimed.channel, "unsent", [r["planned_at"] for r in barred], now)
    metrics.settled(claimed.channel, end, [r["planned_at"] for r in allowed], now)
    if end != "unsent":
        await announce(tx, "notify", [_outgoing(claimed, record, outcome, now) for record in allowed])


def _outgoing(claimed: Claimed, record: Record, outcome: Outcome, now: datetime) -> Outgoing:
    event = publish.settled(
        _key(record),
        recipient_id=claimed.recipient_id,
        body=claimed.body,
        channel=claimed.channel,
        delivery_id=claimed.id,
        at=now,
        error=outcome.error,
    )
    return Outgoing(event, str(record["event_id"]), _traceparent(record))


def _traceparent(record: Record) -> str | None:
    trace = record["trace_id"]
    return None if trace is None else f"00-{trace.hex}-{uuid_utils.uuid4().hex[:16]}-01"


def _key(record: Record) -> store.Key:
    return record["subject_kind"], record["subject_id"], record["event_id"]


def _tell(claimed: Claimed, records: Sequence[Record], outcome: Outcome, result: str) -> None:
    metrics.attempted(claimed.channel, result, outcome.error)
    if outcome.error is None:
        return
    traces = [r["trace_id"].hex for r in records[:_TRACES] if r["trace_id"]]
    after_commit(
        lambda: log.warning(
            "delivery.not_delivered",
            delivery_id=str(claimed.id),
            channel=claimed.channel,
            attempt=claimed.attempt,
            result=result,
            error=outcome.error,
            trace_ids=traces,
        )
    )
