"""The doors of HTTP: a batch of requests is accepted, and what leaves no report is counted."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from services.intake import metrics
from services.intake.domain.candidate import PUBLIC, Became, Candidate, DoorName, Outcome, Refused
from services.intake.domain.keys import Keys
from services.intake.places import Places
from services.intake.store import counts
from services.intake.use_cases.accept import accept
from services.intake.use_cases.refuse import conflicting, refuse
from shared import failpoints
from shared.database import Connection, Database


class Admit:
    """`__call__` settles a batch in a transaction of its own; refusals are tallied and written by `flush`."""

    def __init__(self, database: Database, keys: Keys, places: Places) -> None:
        self._database, self._keys, self._places = database, keys, places
        self._refusals: Counter[tuple[str, str, str]] = Counter()

    async def __call__(self, candidates: Sequence[Candidate]) -> list[Outcome]:
        """Accept in one transaction; returns after COMMIT."""
        async with self._database.transaction() as tx:
            found = await self.within(tx, candidates)
            failpoints.hit("intake.http.before_commit")
        failpoints.hit("intake.http.after_commit")
        metrics.ACCEPTED_PER_COMMIT.observe(len(candidates))
        return found

    async def within(self, tx: Connection, candidates: Sequence[Candidate]) -> list[Outcome]:
        """Accept in the caller's transaction, keeping conflicts for the sources that ask, and counts."""
        found = await accept(tx, self._keys, self._places.names(), candidates)
        pairs = list(zip(candidates, found, strict=True))
        conflicts = [conflicting(c) for c, o in pairs if o.became is Became.CONFLICT and c.scope != PUBLIC]
        await refuse(tx, conflicts, datetime.now(UTC))
        tally = Counter((str(c.door), str(o.became), "") for c, o in pairs)
        await counts.add(tx, {key: n for key, n in tally.items() if key[1] != Became.ACCEPTED})
        metrics.settled(tally)
        return found

    def refused(self, door: DoorName, reason: str) -> None:
        """Note a request that was turned away at the door; `reason` is one of our codes."""
        self._refusals[door, "refused", reason] += 1
        metrics.SUBMISSIONS.labels(door, "refused", reason).inc()

    async def keep_refusal(self, refused: Refused) -> None:
        """A registered source's refused submission, so that it can ask what became of it."""
        async with self._database.transaction() as tx:
            await refuse(tx, [refused], datetime.now(UTC))

    async def flush(self) -> None:
        """Write the tally; what a crash takes is the count of half a second's refusals, never a report."""
        pending, self._refusals = self._refusals, Counter()
        if not pending:
            return
        try:
            async with self._database.transaction() as tx:
                await counts.add(tx, pending)
        except Exception:
            self._refusals += pending
            raise
