"""The exactly-once batch: effects, outbox, dead letters and positions in one transaction.

`apply(transaction, events)` is the service's part: it makes each event's effect by its natural key and says,
in the same order, whether the effect is fresh, was there already, or cannot be (`Dead`).
"""

from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import ConsumerRecord

from shared import failpoints
from shared.database import Connection, Database, is_transient
from shared.messaging import dead_letters, positions
from shared.messaging.dead_letters import Keep, Letter, Seal
from shared.messaging.positions import Advance, Stream
from shared.messaging.received import Dead, Parse, Received, Verdict, parse_event
from shared.telemetry import held_until_commit

Apply = Callable[[Connection, Sequence[Received[Any]]], Awaitable[Sequence[Verdict | Dead]]]


@dataclass(frozen=True, slots=True)
class Handler:
    """What a service does with one topic: how it reads a record, what effects a batch has, how a dead
    letter's payload is sealed (None: it may be read), and what it keeps once people ask to be forgotten
    (None: all). A redrive does the same."""

    apply: Apply
    parse: Parse = parse_event
    seal: Seal | None = None
    keep: Keep | None = None


@dataclass(frozen=True, slots=True)
class Span:
    """One partition's part of a batch as read: [start, end), its records in order."""

    partition: int
    start: int
    end: int
    records: "Sequence[ConsumerRecord[bytes, bytes]]"


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a batch, once committed."""

    moves: tuple[Advance, ...]
    letters: tuple[Letter, ...]


@dataclass(frozen=True, slots=True)
class BatchRunner:
    """Runs batches for one consumer. `name` prefixes fail points (`routing.after_commit`)."""

    name: str
    database: Database
    parse: Parse
    apply: Apply
    seal: Seal | None = None
    keep: Keep | None = None

    async def run(self, stream: Stream, spans: Sequence[Span]) -> Settled:
        """Settle a batch. Raises Fenced, or whatever transient error the database gave.

        An error that is not transient is somebody's data: the batch is run again in halves, each under a
        savepoint, until the culprit stands alone and goes to the dead letters.
        """
        try:
            return await self._attempt(stream, spans, self.apply)
        except positions.Fenced:
            raise
        except Exception as error:
            if is_transient(error):
                raise
            return await self._attempt(stream, spans, self._apply_isolating)

    async def take(self, tx: Connection, record: "ConsumerRecord[bytes, bytes]") -> Verdict | Dead:
        """One record in the caller's transaction, read and applied as in a batch: what a redrive does.

        Where it is dead again for a data error, its effects are undone and the transaction can go on.
        """
        parsed = self.parse(record)
        if isinstance(parsed, Dead):
            return parsed
        return (await self._apply_isolating(tx, (parsed,)))[0]

    async def _attempt(self, stream: Stream, spans: Sequence[Span], apply: Apply) -> Settled:
        records = [record for span in spans for record in span.records]
        parsed = [self.parse(record) for record in records]
        events = [p for p in parsed if isinstance(p, Received)]
        async with self.database.transaction() as tx:
            failpoints.hit(f"{self.name}.begun")
            await positions.lock(tx, stream, {span.partition: span.start for span in spans})
            failpoints.hit(f"{self.name}.locked")
            verdicts = iter(await apply(tx, events) if events else ())
            outcomes = [next(verdicts) if isinstance(p, Received) else p for p in parsed]
            failpoints.hit(f"{self.name}.applied")
            settled = _settle(spans, records, await self._bury(tx, stream, records, outcomes))
            await positions.advance(tx, stream, settled.moves)
            failpoints.hit(f"{self.name}.before_commit")
        failpoints.hit(f"{self.name}.after_commit")
        return settled

    async def _bury(
        self,
        tx: Connection,
        stream: Stream,
        records: "Sequence[ConsumerRecord[bytes, bytes]]",
        outcomes: Sequence[Verdict | Dead],
    ) -> Sequence[Verdict | Dead]:
        """Write the dead letters; a record whose letter was there already is a duplicate."""
        pairs = list(zip(records, outcomes, strict=True))
        letters = [Letter(record, outcome) for record, outcome in pairs if isinstance(outcome, Dead)]
        if not letters:
            return outcomes
        fresh = await dead_letters.insert(tx, stream, letters, self.seal, self.keep)
        return [
            Verdict.DUPLICATE if isinstance(o, Dead) and (r.partition, r.offset) not in fresh else o
            for r, o in pairs
        ]

    async def _apply_isolating(
        self, tx: Connection, events: Sequence[Received[Any]]
    ) -> Sequence[Verdict | Dead]:
        try:
            with held_until_commit():
                async with tx.transaction():
                    return await self.apply(tx, events)
        except Exception as error:
            if is_transient(error):
                raise
            if len(events) == 1:
                return (_why(error),)
        middle = len(events) // 2
        first = await self._apply_isolating(tx, events[:middle])
        return (*first, *await self._apply_isolating(tx, events[middle:]))


def _settle(
    spans: Sequence[Span],
    records: "Sequence[ConsumerRecord[bytes, bytes]]",
    outcomes: Sequence[Verdict | Dead],
) -> Settled:
    count: Counter[tuple[int, str]] = Counter()
    letters: list[Letter] = []
    for record, outcome in zip(records, outcomes, strict=True):
        if isinstance(outcome, Dead):
            letters.append(Letter(record, outcome))
            count[record.partition, "dead"] += 1
        else:
            count[record.partition, outcome] += 1
    moves = tuple(
        Advance(
            span.partition,
            span.start,
            span.end,
            count[span.partition, Verdict.FRESH],
            count[span.partition, Verdict.DUPLICATE],
            count[span.partition, "dead"],
        )
        for span in spans
    )
    return Settled(moves, tuple(letters))


def _why(error: Exception) -> Dead:
    state = getattr(error, "sqlstate", None)
    return Dead(f"sqlstate_{state}" if state else "apply_failed", type(error).__name__)
