"""What a reporter may do with the tracking code: look, take the report back, be forgotten."""

from dataclasses import dataclass
from datetime import datetime

from services.intake import publish
from services.intake.domain.keys import Keys
from services.intake.domain.tracking import code_hash, parse
from services.intake.store import case_status, reports
from services.intake.store.case_status import Status
from services.intake.store.reports import Tracked
from services.intake.use_cases.accept import SERVICE
from shared.database import Database
from shared.outbox import Outgoing, announce


@dataclass(frozen=True, slots=True)
class Receipt:
    """A report by its code, and its case as far as it is known here."""

    code: str
    tracked: Tracked
    status: Status | None


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
            return Receipt(code, tracked, await case_status.status(connection, tracked.report_id))

    async def withdraw(self, typed: str) -> datetime | None:
        """Take the report back; doing it again changes nothing. Returns when it was taken back first.

        An erased report can no longer be taken back: that is None, too.
        """
        code = parse(typed)
        if code is None:
            return None
        async with self._database.transaction() as tx:
            tracked = await reports.find(tx, code_hash(self._key, code), lock=True)
            if tracked is None or (tracked.erased_at and not tracked.withdrawn_at):
                return None
            if tracked.withdrawn_at:
                return tracked.withdrawn_at
            at = await reports.withdraw(tx, tracked.report_id)
            event = publish.withdrawn(tracked.report_id, at)
            await announce(tx, SERVICE, [Outgoing(event, None, tracked.traceparent)])
        return at

    async def erase(self, typed: str) -> datetime | None:
        """Destroy identity and words; doing it again changes nothing. Returns when they were destroyed."""
        code = parse(typed)
        if code is None:
            return None
        async with self._database.transaction() as tx:
            tracked = await reports.find(tx, code_hash(self._key, code), lock=True)
            if tracked is None:
                return None
            if tracked.erased_at:
                return tracked.erased_at
            at = await reports.forget(tx, tracked.report_id)
            event = publish.erased(tracked.report_id, at)
            await announce(tx, SERVICE, [Outgoing(event, None, tracked.traceparent)])
        return at
