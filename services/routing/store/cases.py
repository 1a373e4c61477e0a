"""Writing cases: what exists is locked in order, what is new is copied in, what changed is updated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from services.routing.domain.case import Case, Reason, Report
from services.routing.store.rows import CASE_COLUMNS, case_of, case_row, reasons_bytes, reasons_of
from shared.database import Connection

_EXISTING = "SELECT case_id FROM cases WHERE case_id = ANY ($1::uuid[])"
_PARTS = "SELECT case_id FROM cases WHERE root_id = ANY ($1::uuid[]) AND root_id <> case_id"
_LOCK = "SELECT * FROM cases WHERE case_id = ANY ($1::uuid[]) ORDER BY case_id FOR UPDATE"
_LOCK_AFTER = "SELECT * FROM cases WHERE case_id > $1 ORDER BY case_id LIMIT $2 FOR UPDATE"
_STANDING = """
SELECT d.case_id, d.reasons, d.decided_at FROM unnest($1::uuid[], $2::int[]) AS c (case_id, version)
JOIN case_decisions AS d USING (case_id, version)
"""
_NOWHERE = (None, None)
_DECISION_COLUMNS = (
    "case_id",
    "version",
    "causing_event",
    "step",
    "kind",
    "reasons",
    "changes",
    "map_version",
    "rules_version",
    "decided_at",
    "traceparent",
    "by_body",
    "link",
    "commitment",
    "salt",
)
_CHANGE = f"""
UPDATE cases SET ({", ".join(CASE_COLUMNS[1:])}, updated_at)
    = ({", ".join(f"${n}" for n in range(2, len(CASE_COLUMNS) + 1))}, clock_timestamp())
WHERE case_id = $1 AND version = ${len(CASE_COLUMNS) + 1} RETURNING case_id
"""  # noqa: S608 - the columns are ours


class Overtaken(Exception):
    """A case was not locked by whoever changes it; the message names it."""


@dataclass(frozen=True, slots=True)
class DecisionRow:
    """One decision as it is kept: append-only, one a (case, version) and one a (case, cause, step)."""

    after: Case
    causing_event: UUID
    step: int
    kind: str
    reasons: tuple[Reason, ...]
    changes: bytes | None
    decided_at: datetime
    traceparent: str | None
    by: str | None = None
    """The body that decided, if one did."""
    link: bytes = b""
    commitment: bytes | None = None
    salt: bytes | None = None
    """Its link in the case's chain; a commitment to text and words, and the salt that goes with them."""

    def wordless(self) -> "DecisionRow":
        """Without the words that its reasons matched, and without what could prove them."""
        return replace(self, reasons=tuple(reason.wordless() for reason in self.reasons), salt=None)


async def existing(tx: Connection, case_ids: Sequence[UUID]) -> set[UUID]:
    """Which of these cases are there."""
    return {row["case_id"] for row in await tx.fetch(_EXISTING, case_ids)}


async def parts(tx: Connection, root_ids: Sequence[UUID]) -> list[UUID]:
    """The cases of these reports' further matters."""
    return [row["case_id"] for row in await tx.fetch(_PARTS, root_ids)] if root_ids else []


async def lock(tx: Connection, case_ids: Sequence[UUID]) -> dict[UUID, Case]:
    """Lock these cases in order of their ids and read them."""
    if not case_ids:
        return {}
    return {row["case_id"]: case_of(row) for row in await tx.fetch(_LOCK, sorted(case_ids))}


async def lock_after(tx: Connection, after: UUID, limit: int) -> list[Case]:
    """Lock and read the cases that follow this id, in order of their ids."""
    return [case_of(row) for row in await tx.fetch(_LOCK_AFTER, after, limit)]


async def standing(tx: Connection, cases: Sequence[Case]) -> dict[UUID, tuple[tuple[Reason, ...], datetime]]:
    """The reasons and the instant of the decision that made each case what it is."""
    rows = await tx.fetch(_STANDING, [c.case_id for c in cases], [c.version for c in cases])
    return {row["case_id"]: (reasons_of(row["reasons"]), row["decided_at"]) for row in rows}


async def insert(tx: Connection, cases: Sequence[Case], reports: Mapping[UUID, Report]) -> None:
    """New cases with the texts that they were decided on (`reports` leaves out the erased)."""
    await tx.copy_records_to_table("cases", records=map(case_row, cases), columns=CASE_COLUMNS)
    texts = [(case.case_id, reports.get(case.case_id)) for case in cases]
    await tx.copy_records_to_table(
        "case_texts",
        records=[
            (i, r.text, r.place_hint, r.reporter_unit, *(r.location or _NOWHERE))
            for i, r in texts
            if r is not None
        ],
        columns=("case_id", "text", "place_hint", "reporter_unit", "latitude", "longitude"),
    )


async def change(tx: Connection, pairs: Sequence[tuple[Case, Case]]) -> None:
    """Cases as they were read and as they are now. Raises Overtaken unless each row still is as it was."""
    rows = await tx.fetchmany(_CHANGE, [(*case_row(now), was.version) for was, now in pairs])
    if missing := {was.case_id for was, _ in pairs} - {row["case_id"] for row in rows}:
        raise Overtaken(f"changed by somebody else meanwhile: {', '.join(map(str, sorted(missing)))}")


async def append_decisions(tx: Connection, rows: Sequence[DecisionRow]) -> None:
    """Append to the history."""
    await tx.copy_records_to_table(
        "case_decisions",
        records=[
            (
                row.after.case_id,
                row.after.version,
                row.causing_event,
                row.step,
                row.kind,
                reasons_bytes(row.reasons),
                row.changes,
                row.after.map_version,
                row.after.rules_version,
                row.decided_at,
                row.traceparent,
                row.by,
                row.link,
                row.commitment,
                row.salt,
            )
            for row in rows
        ],
        columns=_DECISION_COLUMNS,
    )
