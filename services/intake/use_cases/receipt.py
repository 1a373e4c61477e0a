"""What a reporter may do with the tracking code: look, judge the answer, take it back, be forgotten."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime

from services.intake import publish
from services.intake.domain.keys import Keys
from services.intake.domain.tracking import code_hash, parse
from services.intake.store import case_status, feedback, reports
from services.intake.store.case_status import Status
from services.intake.store.feedback import Feedback
from services.intake.store.reports import Tracked
from services.intake.use_cases.accept import SERVICE
from shared.contracts.events import Event
from shared.contracts.vocabulary import Verdict
from shared.database import Connection, Database
from shared.outbox import Outgoing, announce

ANSWERED = ("answered", "told")
"""States in which a reporter may say what the answer is worth."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A report by its code, and its case as far as it is known here."""

    code: str
    tracked: Tracked
    status: Status | None
    feedback: Feedback | None = None
    """What the reporter said to the answer that stands."""

    @property
    def awaits_feedback(self) -> bool:
        """Whether there is an answer that its reporter may agree with or object to."""
        gone = self.tracked.withdrawn_at or self.tracked.erased_at
        answered = self.status is not None and self.status.state in ANSWERED
        return answered and self.feedback is None and not gone


class FeedbackRefused(Exception):
    """`code`: feedback_closed (there is no answer, or it is done), feedback_given (the other was said)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Receipts:
    """Every answer is None where the code belongs to no report."""

    def __init__(self, database: Database, keys: Keys) -> None:
        self._database, self._key = database, keys.tracking

    async def look(self, typed: str) -> Receipt | None:
        """The report and its progress, by the code as somebody typed it."""
        code = parse(typed)
        if code is None:
            return None
        async with self._database.connection() as connection:
            tracked = await reports.find(connection, code_hash(self._key, code))
            if tracked is None:
                return None
            return await _receipt(connection, code, tracked)

    async def withdraw(self, typed: str) -> datetime | None:
        """Take the report back; doing it again changes nothing. Returns when it was taken back first.

        An erased report can no longer be taken back: that is None, too.
        """
        async with self._locked(typed) as held:
            if held is None or (held.tracked.erased_at and not held.tracked.withdrawn_at):
                return None
            if held.tracked.withdrawn_at:
                return held.tracked.withdrawn_at
            at = await reports.withdraw(held.tx, held.tracked.report_id)
            await held.say(publish.withdrawn(held.tracked.report_id, at))
        return at

    async def give_feedback(self, typed: str, verdict: Verdict) -> Feedback | None:
        """What the reporter makes of the answer; the same again changes nothing. Raises FeedbackRefused."""
        async with self._locked(typed) as held:
            if held is None:
                return None
            report_id = held.tracked.report_id
            receipt = await _receipt(held.tx, held.code, held.tracked)
            if receipt.feedback is not None:
                if receipt.feedback.verdict != verdict:
                    raise FeedbackRefused("feedback_given")
                return receipt.feedback
            if not receipt.awaits_feedback or receipt.status is None:
                raise FeedbackRefused("feedback_closed")
            status = receipt.status
            said = await feedback.keep(held.tx, report_id, status.settlement, verdict, status.version)
            await held.say(publish.feedback(report_id, verdict, status.version, said.given_at))
        return said

    async def erase(self, typed: str) -> datetime | None:
        """Destroy identity and words; doing it again changes nothing. Returns when they were destroyed."""
        async with self._locked(typed) as held:
            if held is None:
                return None
            if held.tracked.erased_at:
                return held.tracked.erased_at
            at = await reports.forget(held.tx, held.tracked.report_id)
            await held.say(publish.erased(held.tracked.report_id, at))
        return at

    @asynccontextmanager
    async def _locked(self, typed: str) -> AsyncIterator["_Held | None"]:
        """The code's report, locked until the transaction ends."""
        code = parse(typed)
        if code is None:
            yield None
            return
        async with self._database.transaction() as tx:
            tracked = await reports.find(tx, code_hash(self._key, code), lock=True)
            yield None if tracked is None else _Held(tx, code, tracked)


@dataclass(frozen=True, slots=True)
class _Held:
    """A report whose row is locked in a transaction."""

    tx: Connection
    code: str
    tracked: Tracked

    async def say(self, event: Event) -> None:
        """Announce what its reporter did, in the report's own trace."""
        await announce(self.tx, SERVICE, [Outgoing(event, None, self.tracked.traceparent)])


async def _receipt(connection: Connection, code: str, tracked: Tracked) -> Receipt:
    status = await case_status.status(connection, tracked.report_id)
    said = await feedback.given(connection, tracked.report_id, status.settlement) if status else None
    return Receipt(code, tracked, status, said)
