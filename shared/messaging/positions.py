"""Where a consumer group stands, kept in PostgreSQL and moved in the batch's own transaction.

Keyed by (group, topic *id*, partition): a topic made anew has a new id and starts at its own beginning.
Invariants: consumed = fresh + duplicate + dead; started_at + consumed + holes + gap = next_offset.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from shared.database import Connection


@dataclass(frozen=True, slots=True)
class Stream:
    """A group's reading of one topic in one of its lives."""

    group: str
    topic: str
    topic_id: str


@dataclass(frozen=True, slots=True)
class Advance:
    """One partition's part of a batch: [start, end) and what became of its records."""

    partition: int
    start: int
    end: int
    fresh: int
    duplicate: int
    dead: int

    @property
    def consumed(self) -> int:
        return self.fresh + self.duplicate + self.dead

    @property
    def holes(self) -> int:
        return self.end - self.start - self.consumed


class Fenced(Exception):
    """Somebody else moved the position: this batch is not ours any more and must leave no trace."""


_REGISTER = """
INSERT INTO positions (consumer_group, topic, topic_id, partition, started_at, next_offset)
SELECT $1, $2, $3, partition, beginning, beginning
FROM unnest($4::int[], $5::bigint[]) AS u (partition, beginning)
ON CONFLICT DO NOTHING
"""
_READ = """
SELECT partition, next_offset FROM positions
WHERE consumer_group = $1 AND topic_id = $2 AND partition = ANY ($3::int[])
"""
_LOCK = _READ + " ORDER BY partition FOR UPDATE"
_ADVANCE = """
UPDATE positions AS p
SET next_offset = u.stop, consumed = p.consumed + u.fresh + u.duplicate + u.dead, fresh = p.fresh + u.fresh,
    duplicate = p.duplicate + u.duplicate, dead = p.dead + u.dead, holes = p.holes + u.holes,
    updated_at = clock_timestamp()
FROM unnest($3::int[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[])
    AS u (partition, start, stop, fresh, duplicate, dead, holes)
WHERE p.consumer_group = $1 AND p.topic_id = $2 AND p.partition = u.partition AND p.next_offset = u.start
"""
_MOVED_AT = """
SELECT updated_at FROM positions WHERE consumer_group = $1 AND topic_id = $2 AND partition = $3
"""
_SET = """
WITH was AS (
    SELECT * FROM positions
    WHERE consumer_group = $1 AND topic_id = $2 AND partition = $3 AND {stands} FOR UPDATE
), logged AS (
    INSERT INTO position_gaps
        (consumer_group, topic, topic_id, partition, from_offset, to_offset, accepted_by)
    SELECT consumer_group, topic, topic_id, partition, next_offset, $4, $5 FROM was
)
UPDATE positions AS p SET gap = p.gap + $4 - p.next_offset, next_offset = $4, updated_at = clock_timestamp()
FROM was WHERE (p.consumer_group, p.topic_id, p.partition) = (was.consumer_group, was.topic_id, was.partition)
RETURNING was.next_offset
"""
_ACCEPT_GAP = _SET.format(stands="next_offset < $4")
_GO_BACK = _SET.format(stands="next_offset = $6 AND next_offset > $4")
_WATCHDOG = "watchdog"
"""Who accepted a gap that nobody was asked about: it loses nothing."""


async def register(tx: Connection, stream: Stream, beginnings: dict[int, int]) -> dict[int, int]:
    """Make the missing rows, at the log's beginning; return {partition: next_offset} of all of them."""
    partitions = sorted(beginnings)
    await tx.execute(
        _REGISTER,
        stream.group,
        stream.topic,
        stream.topic_id,
        partitions,
        [beginnings[p] for p in partitions],
    )
    rows = await tx.fetch(_READ, stream.group, stream.topic_id, partitions)
    return {row["partition"]: row["next_offset"] for row in rows}


async def lock(tx: Connection, stream: Stream, starts: dict[int, int]) -> None:
    """Lock the rows of these partitions in order. Raises Fenced unless each stands at its `start`."""
    rows = await tx.fetch(_LOCK, stream.group, stream.topic_id, sorted(starts))
    if {row["partition"]: row["next_offset"] for row in rows} != starts:
        raise Fenced


async def advance(tx: Connection, stream: Stream, moves: Sequence[Advance]) -> None:
    """Move the positions and their counters. Raises Fenced if any stood elsewhere."""
    columns = [
        [getattr(move, name) for move in moves]
        for name in ("partition", "start", "end", "fresh", "duplicate", "dead", "holes")
    ]
    done = await tx.execute(_ADVANCE, stream.group, stream.topic_id, *columns)
    if done != f"UPDATE {len(moves)}":
        raise Fenced


async def accept_gap(tx: Connection, stream: Stream, partition: int, to_offset: int, by: str) -> int | None:
    """Give up the records before `to_offset`, on the record. Returns where it stood, None if not behind."""
    found: int | None = await tx.fetchval(
        _ACCEPT_GAP, stream.group, stream.topic_id, partition, to_offset, by
    )
    return found


async def moved_at(connection: Connection, stream: Stream, partition: int) -> datetime:
    """When the position last moved; when it was made, if it never did."""
    found: datetime = await connection.fetchval(_MOVED_AT, stream.group, stream.topic_id, partition)
    return found


async def go_back(tx: Connection, stream: Stream, partition: int, stood: int, to: int) -> None:
    """Read again from `to`, on the record, as a negative gap. Raises Fenced unless it stands at `stood`."""
    key = (stream.group, stream.topic_id, partition)
    if await tx.fetchval(_GO_BACK, *key, to, _WATCHDOG, stood) is None:
        raise Fenced
