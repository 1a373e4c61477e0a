"""Counted cases, their places, leaf counts and dirty marks. Hot: few round trips, COPY for new rows."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from uuid import UUID

from services.aggregation.domain.counting import Counted, Key
from shared.database import Connection

_COLUMNS = Counted._fields[:-1]
_STORED = f"""
SELECT {", ".join(_COLUMNS)} FROM counted_cases
WHERE case_id = ANY($1::uuid[]) ORDER BY case_id FOR UPDATE
"""  # noqa: S608 - names of our own columns
_REPLACE = f"""
UPDATE counted_cases AS c SET {", ".join(f"{name} = u.{name}" for name in _COLUMNS[1:])}
FROM unnest($1::counted_cases[]) AS u WHERE c.case_id = u.case_id
"""  # noqa: S608
_KNOWN_PLACES = "SELECT id FROM places WHERE id = ANY($1::bigint[])"
_NEW_PLACE = "INSERT INTO places (id, unit, path) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING"
_TYPES = ("date", "bigint", *["text"] * 6, "smallint", "text", "boolean", "int")
_SPLIT = (f"(string_to_array(${i}, chr(10)))[2:]::{t}[]" for i, t in enumerate(_TYPES, start=1))
_KEYS = f"""unnest({", ".join(_SPLIT)})
    AS u(day, place, unit, category, legal_kind, purpose, channel, organisation, severity, state,
         restricted, d)
"""
_SAME = " AND ".join(
    f"c.{name} = u.{name}"
    for name in (
        *("day", "place", "category", "legal_kind", "purpose", "channel", "organisation", "severity"),
        *("state", "restricted"),
    )
)
_LOCK = f"""
SELECT c.n FROM leaf_counts AS c JOIN {_KEYS} ON {_SAME}
ORDER BY c.day, c.place, c.category, c.legal_kind, c.purpose, c.channel, c.organisation, c.severity,
         c.state, c.restricted
FOR UPDATE OF c
"""  # noqa: S608
_ADD = f"""
INSERT INTO leaf_counts AS c
    (day, place, unit, category, legal_kind, purpose, channel, organisation, severity, state, restricted, n)
SELECT * FROM {_KEYS}
ON CONFLICT (day, place, category, legal_kind, purpose, channel, organisation, severity, state, restricted)
DO UPDATE SET n = c.n + excluded.n
"""  # noqa: S608
_TAKE = f"UPDATE leaf_counts AS c SET n = c.n + u.d FROM {_KEYS} WHERE {_SAME}"  # noqa: S608


async def stored(tx: Connection, case_ids: Collection[UUID]) -> dict[UUID, Counted]:
    """The counted rows of these cases, locked in the order of their ids."""
    rows = await tx.fetch(_STORED, list(case_ids))
    return {row[0]: Counted(*row) for row in rows}


async def write_cases(tx: Connection, new: Sequence[Counted], changed: Sequence[Counted]) -> None:
    """COPY the new ones; replace the others whole, but for when they were first counted."""
    if new:
        records = [case[:-1] for case in new]
        await tx.copy_records_to_table("counted_cases", records=records, columns=_COLUMNS)
    if changed:
        # The row's own order: when it was first counted stands before the column that came later.
        await tx.execute(_REPLACE, [(*case[:-2], None, case.now_unit) for case in changed])


async def write_places(tx: Connection, cases: Iterable[Counted]) -> None:
    """Write the paths that are not there yet, in the order of their numbers."""
    paths = {case.place: case.path for case in cases}
    known = {row["id"] for row in await tx.fetch(_KNOWN_PLACES, list(paths))}
    rows = [(place, path[0], path) for place, path in sorted(paths.items()) if place not in known]
    if rows:
        await tx.executemany(_NEW_PLACE, rows)


async def add_to_leaves(tx: Connection, delta: Mapping[Key, int]) -> None:
    """Add to the leaf counts, in the order of their keys.

    What falls is written apart: a CHECK looks at the row proposed, before it meets the one that is there.
    Then all rows are locked first, in the common order. Raises LookupError where a leaf to take from is
    missing; the CHECK refuses a count below zero.
    """
    ordered = sorted(delta.items())
    falling = [(*key, n) for key, n in ordered if n < 0]
    if falling:
        await tx.execute(_LOCK, *_joined([(*key, n) for key, n in ordered]))
        done = await tx.execute(_TAKE, *_joined(falling))
        if done != f"UPDATE {len(falling)}":
            raise LookupError(f"{len(falling)} leaves should fall: {done}")
    rising = [(*key, n) for key, n in ordered if n > 0]
    if rising:
        await tx.execute(_ADD, *_joined(rising))


async def mark_dirty(tx: Connection, marks: Collection[tuple[date, int, int]]) -> None:
    """Note (day, place, map version) for the recomputer; marks are only ever added."""
    if marks:
        await tx.copy_records_to_table(
            "dirty", records=sorted(marks), columns=("day", "place", "map_version")
        )


def _joined(rows: Sequence[tuple[object, ...]]) -> list[str]:
    """Each column as lines of one text: five times cheaper to send than an array of its values.

    Codes hold no line feed. The text begins with one, and the statement leaves out the element before it,
    since a text that is empty is an array of nothing and not of one empty value.
    """
    return ["\n" + "\n".join(map(str, column)) for column in zip(*rows, strict=True)]
