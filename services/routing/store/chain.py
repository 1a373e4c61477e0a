"""What proves the history: cases with their decisions in slices, heads of a day, sealed days."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from uuid import UUID

import asyncpg

from services.routing.domain.chain import Entry, told_of
from services.routing.domain.proof import History, Kept
from services.routing.store.rows import case_of, reasons_of
from shared.database import Connection

_LAST_OF_SLICE = """
SELECT max(case_id::text)::uuid FROM
    (SELECT case_id FROM cases WHERE case_id > $1 ORDER BY case_id LIMIT $2) AS slice
"""
_CASES = "SELECT * FROM cases WHERE case_id > $1 AND case_id <= $2 ORDER BY case_id"
_DECISIONS = """
SELECT d.*, c.root_id FROM case_decisions AS d LEFT JOIN cases AS c USING (case_id)
WHERE case_id > $1 AND case_id <= $2 ORDER BY case_id, d.version
"""
_TEXTS = "SELECT * FROM case_texts WHERE case_id > $1 AND case_id <= $2"
_ERASED = """
SELECT c.case_id FROM cases AS c JOIN erased_reports AS e ON e.report_id = c.root_id
WHERE c.case_id > $1 AND c.case_id <= $2
"""
_PARTS = "SELECT root_id, case_id FROM cases WHERE root_id <> case_id ORDER BY case_id"
_ALONE = "SELECT pg_try_advisory_xact_lock(hashtext(current_schema()), hashtext('chain'))"
_DAYS = "SELECT day, cases, root FROM chain_roots ORDER BY day"
_LAST_DAY = "SELECT day, cases, root FROM chain_roots ORDER BY day DESC LIMIT 1"
_FIRST = "SELECT decided_at FROM case_decisions WHERE link <> '' ORDER BY decided_at LIMIT 1"
_HEADS = """
SELECT DISTINCT ON (case_id) case_id, link FROM case_decisions
WHERE decided_at >= $1 AND decided_at < $2 AND link <> '' ORDER BY case_id, version DESC
"""
_SEAL = "INSERT INTO chain_roots (day, cases, root) VALUES ($1, $2, $3)"

FIRST = UUID(int=0)
LAST = UUID(int=(1 << 128) - 1)


@dataclass(frozen=True, slots=True)
class Day:
    """A sealed day: how many cases were decided on, and its root."""

    day: date
    cases: int
    root: bytes


async def histories(tx: Connection, size: int = 1_000) -> AsyncIterator[History]:
    """Every case with its decisions and text, in order of ids, `size` cases in memory at a time."""
    after = FIRST
    while True:
        # Decisions whose case is gone lie between those that are there, or behind the last one.
        upto: UUID | None = await tx.fetchval(_LAST_OF_SLICE, after, size)
        for history in await _slice(tx, after, upto or LAST):
            yield history
        if upto is None:
            return
        after = upto


async def history(tx: Connection, case_id: UUID) -> History | None:
    """One case; None if there is neither a row nor a decision of it."""
    found = await _slice(tx, UUID(int=max(case_id.int - 1, 0)), case_id)
    return next((one for one in found if one.case_id == case_id), None)


async def parts(tx: Connection) -> dict[UUID, list[UUID]]:
    """The cases of further matters, by their root case; mixed reports are few."""
    found: dict[UUID, list[UUID]] = {}
    for row in await tx.fetch(_PARTS):
        found.setdefault(row["root_id"], []).append(row["case_id"])
    return found


async def _slice(tx: Connection, after: UUID, upto: UUID) -> list[History]:
    cases = {row["case_id"]: case_of(row) for row in await tx.fetch(_CASES, after, upto)}
    rows = await tx.fetch(_DECISIONS, after, upto)
    kept = {i: tuple(map(_kept, group)) for i, group in groupby(rows, key=lambda row: row["case_id"])}
    texts = {
        row["case_id"]: told_of(
            row["text"], row["place_hint"], row["reporter_unit"], row["latitude"], row["longitude"]
        )
        for row in await tx.fetch(_TEXTS, after, upto)
    }
    ids = sorted(cases.keys() | kept.keys())
    erased = {row["case_id"] for row in await tx.fetch(_ERASED, after, upto)}
    return [History(i, cases.get(i), kept.get(i, ()), texts.get(i), i in erased) for i in ids]


def _kept(row: asyncpg.Record) -> Kept:
    entry = Entry(
        row["case_id"],
        row["root_id"],
        row["version"],
        row["kind"],
        row["causing_event"],
        row["step"],
        row["by_body"],
        reasons_of(row["reasons"]),
        row["map_version"],
        row["rules_version"],
        row["decided_at"],
        row["commitment"],
        row["changes"] or b"",
    )
    return Kept(entry, row["link"], row["salt"])


async def alone(tx: Connection) -> bool:
    """Whether nobody else seals days now; holds until the transaction ends."""
    return bool(await tx.fetchval(_ALONE))


async def days(tx: Connection) -> list[Day]:
    """Every sealed day, the oldest first."""
    return [Day(*row) for row in await tx.fetch(_DAYS)]


async def last_day(tx: Connection) -> Day | None:
    """The newest sealed day."""
    row = await tx.fetchrow(_LAST_DAY)
    return None if row is None else Day(*row)


async def first_decision(tx: Connection) -> datetime | None:
    """When the first decision with a link was taken."""
    at: datetime | None = await tx.fetchval(_FIRST)
    return at


async def heads(tx: Connection, start: datetime, end: datetime) -> AsyncIterator[tuple[UUID, bytes]]:
    """Of each case decided on in [start, end), in order of ids: its last link of that time."""
    async for row in tx.cursor(_HEADS, start, end, prefetch=1_000):
        yield row["case_id"], row["link"]


async def seal(tx: Connection, day: Day) -> None:
    """Keep a day's root, for good."""
    await tx.execute(_SEAL, day.day, day.cases, day.root)
