"""Accepted reports, and what reporters said of answers, told again: for what Kafka lost unread."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

from services.intake import publish
from services.intake.store import unheard
from services.intake.store.unheard import Unheard
from services.intake.use_cases.accept import SERVICE
from shared.contracts.events import Event
from shared.database import Database
from shared.outbox import Outgoing, announce

_BEFORE_ALL = UUID(int=0)


async def announce_reports(
    database: Database, older_than: timedelta, *, batch: int = 500
) -> AsyncIterator[int]:
    """Announce each report that came in so long ago and has no case here; yields how many a batch held.

    One that was taken back is taken back again. One that was erased is said without its words, so that it
    has its case, and its erasure again. What routing has already is a duplicate to it. Each report is locked
    while it is announced.
    """
    after = _BEFORE_ALL
    while True:
        async with database.transaction() as tx:
            found = await unheard.lock_after(tx, after, older_than, batch)
            await announce(tx, SERVICE, [said for one in found for said in _said(one)])
        if not found:
            return
        after = found[-1].report.report_id
        yield len(found)


async def announce_feedback(
    database: Database, older_than: timedelta, *, batch: int = 500
) -> AsyncIterator[int]:
    """Announce each word on an answer again of which nothing has come; yields how many a batch held.

    What has been heard already changes nothing: the case went on, or the answer is another one.
    """
    after = _BEFORE_ALL
    while True:
        async with database.transaction() as tx:
            found = await unheard.feedback_after(tx, after, older_than, batch)
            events = [
                publish.feedback(f.report_id, f.case_id, f.verdict, f.case_version, f.given_at) for f in found
            ]
            traced = zip(events, found, strict=True)
            await announce(tx, SERVICE, [Outgoing(event, None, f.traceparent) for event, f in traced])
        if not found:
            return
        after = found[-1].case_id
        yield len(found)


def _said(one: Unheard) -> list[Outgoing]:
    report_id = one.report.report_id
    events: list[Event] = [publish.received(one.report)]
    if one.withdrawn_at:
        events.append(publish.withdrawn(report_id, one.withdrawn_at))
    if one.erased_at:
        events.append(publish.erased(report_id, one.erased_at))
    return [Outgoing(event, None, one.traceparent) for event in events]
