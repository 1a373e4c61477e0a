"""What the map's tables hold beside its changes: who entered them, how far cases followed, open choices."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg
import orjson

from services.routing.domain.case import Candidate, Case
from services.routing.domain.follow_map import STAYING, Told
from services.routing.store.rows import case_of
from shared.database import Connection

_NEWEST = "SELECT coalesce(max(map_version), 0)::int FROM map_changes"
_KNOWN_BY = "SELECT coalesce(max(map_version), 0)::int FROM map_changes WHERE recorded_at < $1"
_ENTERED = """
INSERT INTO map_entries (map_version, change_id, entered_by)
SELECT * FROM unnest($1::int[], $2::uuid[], $3::text[])
"""
_KNOWN = "SELECT map_version FROM map_entries WHERE change_id = $1"
_ENTRIES = """
SELECT c.map_version, c.recorded_at, e.entered_by FROM map_changes AS c
LEFT JOIN map_entries AS e USING (map_version) WHERE c.map_version = ANY ($1::int[])
"""
_LATEST = """
SELECT c.map_version, c.recorded_at, e.entered_by FROM map_changes AS c
JOIN map_entries AS e USING (map_version) ORDER BY c.map_version DESC LIMIT $1
"""
_AT_UNITS = "SELECT unit, count(*)::int AS n FROM cases WHERE unit = ANY ($1::text[]) AND {} GROUP BY unit"
_FOLLOWED = "SELECT map_version, day FROM map_followed"
_FOLLOW = """
INSERT INTO map_followed (map_version, day) VALUES ($1, $2)
ON CONFLICT (one) DO UPDATE SET map_version = excluded.map_version, day = excluded.day
"""
_AT = """
SELECT case_id FROM cases
WHERE unit = ANY ($1::text[]) AND (state <> ALL ($2::text[]) OR report_date >= $3) AND case_id > $4
ORDER BY case_id LIMIT $5
"""
_MARK = "INSERT INTO map_marks (case_id) SELECT * FROM unnest($1::uuid[]) ON CONFLICT DO NOTHING"
_UNMARK = """
DELETE FROM map_marks WHERE case_id IN (SELECT case_id FROM map_marks ORDER BY case_id LIMIT $1 FOR UPDATE)
RETURNING case_id
"""
_CASES = "SELECT * FROM cases WHERE case_id = ANY ($1::uuid[])"
_TEXTS = "SELECT case_id, text, place_hint, reporter_unit FROM case_texts WHERE case_id = ANY ($1::uuid[])"
_ASK = """
INSERT INTO map_choices (case_id, map_version, from_unit, candidates)
SELECT * FROM unnest($1::uuid[], $2::int[], $3::text[], $4::bytea[]) ON CONFLICT DO NOTHING RETURNING case_id
"""
_GOES_ON = (
    "EXISTS (SELECT FROM cases AS c WHERE c.case_id = map_choices.case_id AND c.state <> ALL ({}::text[]))"
)
"""A case that has come to its end stays where it was, also if it was asked about before."""
_OPEN = f"""
SELECT case_id, map_version, from_unit, candidates, asked_at FROM map_choices
WHERE chosen_at IS NULL AND case_id > $1 AND {_GOES_ON.format("$3")} ORDER BY case_id LIMIT $2
"""  # noqa: S608 - constants only
_CHOICE = f"""
SELECT case_id, map_version, from_unit, candidates, asked_at FROM map_choices
WHERE chosen_at IS NULL AND case_id = $1 AND {_GOES_ON.format("$2")}
"""  # noqa: S608 - constants only
_CHOSEN = """
UPDATE map_choices SET chosen = $2, chosen_by = $3, chosen_at = $4
WHERE case_id = $1 AND chosen_at IS NULL RETURNING map_version
"""


@dataclass(frozen=True, slots=True)
class Entry:
    """When a change was recorded, and by whom; None: by the committed map that was loaded."""

    map_version: int
    recorded_at: datetime
    by: str | None


@dataclass(frozen=True, slots=True)
class OpenChoice:
    """A case whose unit was split: a person must say where it goes. The most probable candidate first."""

    case_id: UUID
    map_version: int
    from_unit: str
    candidates: tuple[Candidate, ...]
    asked_at: datetime


async def newest(tx: Connection) -> int:
    """The version of the map that is recorded here."""
    return int(await tx.fetchval(_NEWEST))


async def known_by(tx: Connection, instant: datetime) -> int:
    """The newest version that was recorded before an instant; 0 for none."""
    return int(await tx.fetchval(_KNOWN_BY, instant))


async def lock_changes(tx: Connection) -> int:
    """Until the transaction ends nobody else records a change; returns the newest version."""
    await tx.execute("LOCK TABLE map_changes IN EXCLUSIVE MODE")
    return await newest(tx)


async def entered(tx: Connection, versions: Sequence[int], ids: Sequence[UUID], by: str) -> None:
    """Who recorded these changes, and under which ids."""
    await tx.execute(_ENTERED, versions, ids, [by] * len(versions))


async def version_of(tx: Connection, change_id: UUID) -> int | None:
    """The version that a change made, if it was recorded already."""
    found: int | None = await tx.fetchval(_KNOWN, change_id)
    return found


async def first_entered(tx: Connection) -> int | None:
    """The first version that somebody entered; None if the map is the committed one."""
    found: int | None = await tx.fetchval("SELECT min(map_version) FROM map_entries")
    return found


async def entries(tx: Connection, versions: Sequence[int]) -> dict[int, Entry]:
    """When and by whom these versions were recorded."""
    return {row["map_version"]: Entry(*row) for row in await tx.fetch(_ENTRIES, sorted(set(versions)))}


async def latest(tx: Connection, limit: int = 20) -> list[Entry]:
    """The changes that people entered, the newest first."""
    return [Entry(*row) for row in await tx.fetch(_LATEST, limit)]


async def cases_at(tx: Connection, units: Sequence[str], *, moving: bool) -> dict[str, int]:
    """How many cases stand in each of these units; `moving`: only those that a change would move."""
    which = "state <> ALL ($2::text[])" if moving else "$2::text[] IS NOT NULL"
    rows = await tx.fetch(_AT_UNITS.format(which), units, STAYING)
    return {row["unit"]: row["n"] for row in rows}


async def followed(tx: Connection) -> tuple[int, date] | None:
    """The map version and the local day that cases have followed; None before the first time."""
    row = await tx.fetchrow(_FOLLOWED)
    return None if row is None else (row["map_version"], row["day"])


async def follow(tx: Connection, version: int, day: date) -> None:
    await tx.execute(_FOLLOW, version, day)


async def at(tx: Connection, units: Sequence[str], late: date, after: UUID, limit: int) -> list[UUID]:
    """Cases in these units by their ids: those that go on, and all that were reported since `late`."""
    rows = await tx.fetch(_AT, units, STAYING, late, after, limit)
    return [row["case_id"] for row in rows]


async def mark(tx: Connection, case_ids: Sequence[UUID]) -> None:
    """Note that these cases may lie elsewhere by now; whoever follows the map looks at them."""
    await tx.execute(_MARK, sorted(case_ids))


async def marked(tx: Connection, limit: int) -> list[UUID]:
    """Take marks off; returns their cases."""
    return [row["case_id"] for row in await tx.fetch(_UNMARK, limit)]


async def texts(tx: Connection, case_ids: Sequence[UUID]) -> dict[UUID, Told]:
    """What these cases' reports say, where it is still kept."""
    rows = await tx.fetch(_TEXTS, case_ids)
    return {row["case_id"]: Told(row["text"], row["place_hint"], row["reporter_unit"]) for row in rows}


async def ask(tx: Connection, choices: Sequence[tuple[UUID, int, str, tuple[Candidate, ...]]]) -> set[UUID]:
    """Keep (case, map version, unit that was split, candidates); returns those not asked already."""
    if not choices:
        return set()
    columns = [list(column) for column in zip(*choices, strict=True)]
    columns[3] = [_candidates_bytes(candidates) for candidates in columns[3]]
    return {row["case_id"] for row in await tx.fetch(_ASK, *columns)}


async def open_choices(tx: Connection, after: UUID, limit: int) -> list[OpenChoice]:
    """Those that wait, in the order in which their reports came."""
    return [_choice(row) for row in await tx.fetch(_OPEN, after, limit, STAYING)]


async def open_choice(tx: Connection, case_id: UUID) -> OpenChoice | None:
    row = await tx.fetchrow(_CHOICE, case_id, STAYING)
    return None if row is None else _choice(row)


async def cases(tx: Connection, case_ids: Sequence[UUID]) -> list[Case]:
    """These cases, as they stand."""
    return [case_of(row) for row in await tx.fetch(_CASES, case_ids)]


async def chosen(tx: Connection, case_id: UUID, unit: str, by: str, at_: datetime) -> int | None:
    """Keep who chose what; returns the version of the map that had asked, None if nobody asks any more."""
    found: int | None = await tx.fetchval(_CHOSEN, case_id, unit, by, at_)
    return found


def _candidates_bytes(candidates: Sequence[Candidate]) -> bytes:
    return orjson.dumps(
        [{"unit": c.unit, "probability": c.probability, "evidence": c.evidence} for c in candidates]
    )


def _choice(row: asyncpg.Record) -> OpenChoice:
    stored = orjson.loads(row["candidates"])
    return OpenChoice(
        case_id=row["case_id"],
        map_version=row["map_version"],
        from_unit=row["from_unit"],
        candidates=tuple(Candidate(c["unit"], c["probability"], tuple(c["evidence"])) for c in stored),
        asked_at=row["asked_at"],
    )
