"""How a dead letter ends: redriven by its owner's own code, or discarded by a person who says why."""

from dataclasses import dataclass
from uuid import UUID

from deploy.cli.dead_letters.letters import Letter, Ref, find, subject_of, type_of
from deploy.cli.owners import Owner
from deploy.cli.problems import Problem
from shared.contracts.events import ReporterErased
from shared.database import Connection, is_transient
from shared.messaging.dead_letters import settle, still_dead, thaw
from shared.messaging.received import Dead

_LOCK = """
SELECT state, settled_by, topic, partition, record_offset, sealed, payload FROM dead_letters
WHERE id = $1 FOR UPDATE
"""
_ONLY_TRACE = """
SELECT EXISTS (SELECT 1 FROM intake.reports WHERE report_id = $1)
   AND NOT EXISTS (SELECT 1 FROM routing.cases WHERE case_id = $1)
"""


@dataclass(frozen=True, slots=True)
class Redriven:
    """What became of a letter: `state` now, and the verdict, or why it is still dead."""

    ref: Ref
    state: str
    told: str


async def redrive(owner: Owner, ref: Ref, by: str) -> Redriven:
    """Apply the letter's record by the owner's own code, in the transaction that marks it.

    Nothing is published to a topic again, and no counter of a position moves: the record was consumed when
    it died. A letter that is settled already stays as it is. Raises Problem where the owner is not able to
    now (no map yet, the database away), with nothing changed.
    """
    try:
        async with owner.database.transaction() as tx:
            return await _redrive(tx, owner, ref, by)
    except Exception as error:
        if not is_transient(error):
            raise
        raise Problem(f"{ref}: not now, nothing was changed; try again later ({error})") from error


async def _redrive(tx: Connection, owner: Owner, ref: Ref, by: str) -> Redriven:
    row = await tx.fetchrow(_LOCK, ref.id)
    if row is None:
        raise Problem(f"there is no dead letter {ref}")
    if row["state"] != "open":
        return Redriven(ref, row["state"], f"by {row['settled_by']}; nothing was done")
    payload = row["payload"]
    if row["sealed"]:
        if owner.unseal is None:
            raise Problem(f"{ref} is sealed, and {owner.service} has no key for it")
        payload = owner.unseal(payload)
    record = thaw(payload, row["topic"], row["partition"], row["record_offset"])
    verdict = await owner.runner(row["topic"]).take(tx, record)
    if isinstance(verdict, Dead):
        await still_dead(tx, ref.id, verdict)
        return Redriven(ref, "open", f"{verdict.reason} {verdict.detail}".strip())
    await settle(tx, ref.id, "redriven", by, str(verdict))
    return Redriven(ref, "redriven", str(verdict))


async def discard(owner: Owner, reader: Connection, ref: Ref, by: str, why: str) -> None:
    """Close a letter without effect. Raises Problem if it is settled already, or must not be lost."""
    letter = await find(reader, ref)
    if letter.state == "open":
        await _refuse_loss(reader, letter)
    async with owner.database.transaction() as tx:
        if not await settle(tx, ref.id, "discarded", by, why):
            raise Problem(f"{ref} is not open: {letter.state} by {letter.settled_by}")


async def _refuse_loss(reader: Connection, letter: Letter) -> None:
    """A letter that is all that is left of an accepted report, or of an erasure, must take effect."""
    if letter.service != "routing" or letter.topic != "reports.events" or letter.payload is None:
        return
    record = letter.record()
    report: UUID | None = subject_of(record)
    if report is None:
        return
    if await reader.fetchval(_ONLY_TRACE, report):
        raise Problem(f"{letter.ref} names report {report}, which has no case: redrive it, or it is lost")
    if type_of(record) == ReporterErased.ce_type():
        raise Problem(f"{letter.ref} is the erasure of report {report}'s reporter: it must take effect")
