"""What a reporter may do with the tracking code: look, judge the answer, take it back, be forgotten."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

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
class Matter:
    """One case of a report, as far as it is known here."""

    case_id: UUID
    status: Status | None
    feedback: Feedback | None = None
    """What the reporter said to the answer that stands."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """A report by its code, its case, and the cases of its further matters, if it has any."""

    code: str
    tracked: Tracked
    root: Matter
    parts: tuple[Matter, ...] = ()

    @property
    def matters(self) -> tuple[Matter, ...]:
        """All of them, the root first."""
        return (self.root, *self.parts)

    def awaits_feedback(self, matter: Matter) -> bool:
        """Whether there is an answer that its reporter may agree with or object to."""
        gone = self.tracked.withdrawn_at or self.tracked.erased_at
        answered = matter.status is not None and matter.status.state in ANSWERED
        return answered and matter.feedback is None and not gone


class FeedbackRefused(Exception):
    """`code`: feedback_case (no case of this report), feedback_closed (there is no answer, or it is done),
    feedback_given (the other was said)."""

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

    async def give_feedback(
        self, typed: str, verdict: Verdict, case_id: UUID | None = None
    ) -> Feedback | None:
        """What the reporter makes of the answer to one matter, without `case_id` to the root; the same again
        changes nothing. Raises FeedbackRefused."""
        async with self._locked(typed) as held:
            if held is None:
                return None
            report_id = held.tracked.report_id
            receipt = await _receipt(held.tx, held.code, held.tracked)
            about = next((m for m in receipt.matters if m.case_id == (case_id or report_id)), None)
            if about is None:
                raise FeedbackRefused("feedback_case")
            if about.feedback is not None:
                if about.feedback.verdict != verdict:
                    raise FeedbackRefused("feedback_given")
                return about.feedback
            if not receipt.awaits_feedback(about) or about.status is None:
                raise FeedbackRefused("feedback_closed")
            seen = about.status.version
            said = await feedback.keep(
                held.tx,
                report_id,
                about.case_id,
                settlement=about.status.settlement,
                verdict=verdict,
                case_version=seen,
            )
            await held.say(publish.feedback(report_id, about.case_id, verdict, seen, said.given_at))
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
    known = await case_status.of_report(connection, tracked.report_id)
    said = await feedback.given(connection, {i: status.settlement for i, status in known.items()})
    matters = {i: Matter(i, status, said.get(i)) for i, status in known.items()}
    root = matters.pop(tracked.report_id, Matter(tracked.report_id, None))
    return Receipt(code, tracked, root, tuple(matters.values()))
