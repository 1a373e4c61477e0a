"""Proves the history: one case, or every case and every sealed day, reading only."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from services.routing.domain.calendar import local_date
from services.routing.domain.merkle import Tree, root
from services.routing.domain.proof import Break, History, examine
from services.routing.store import chain as store
from services.routing.store.chain import Day
from shared.database import Connection

MOST = 20
"""So many broken cases are named; more are only counted."""


@dataclass(slots=True)
class Verdict:
    """What was proved and what does not hold. `first_day`: the oldest sealed day that does not."""

    cases: int = 0
    decisions: int = 0
    erased: int = 0
    """Cases whose text and words are gone with their reporter: codes are proved, words cannot be."""
    before: int = 0
    """Decisions from before there was a chain."""
    days: int = 0
    breaks: list[Break] = field(default_factory=list)
    broken: int = 0
    first_day: str | None = None

    @property
    def holds(self) -> bool:
        return not self.broken and self.first_day is None


async def verify_case(tx: Connection, case_id: UUID) -> Verdict | None:
    """One case's chain; None if there is nothing of it."""
    history = await store.history(tx, case_id)
    if history is None:
        return None
    verdict = Verdict()
    _take(verdict, history, await _began(tx))
    return verdict


async def verify_all(tx: Connection) -> Verdict:
    """Every case in order of ids, then every sealed day; memory holds a slice of cases and a tree a day."""
    verdict, began = Verdict(), await _began(tx)
    trees: dict[date, Tree] = defaultdict(Tree)
    async for history in store.histories(tx):
        _take(verdict, history, began)
        last = {local_date(kept.entry.decided_at): kept.link for kept in history.kept if kept.link}
        for day, head in last.items():
            trees[day].add(history.case_id, head)
    _days(verdict, await store.days(tx), trees)
    return verdict


def _take(verdict: Verdict, history: History, began: datetime) -> None:
    verdict.cases += 1
    verdict.decisions += len(history.kept)
    unlinked = [kept.entry for kept in history.kept if not kept.link]
    verdict.before += len(unlinked)
    verdict.erased += any(kept.entry.commitment and kept.salt is None for kept in history.kept)
    found = examine(history)
    late = next((entry for entry in unlinked if entry.decided_at > began), None)
    if found is None and late is not None:
        found = Break(history.case_id, late.version, "unchained")
    if found is not None:
        verdict.broken += 1
        if len(verdict.breaks) < MOST:
            verdict.breaks.append(found)


def _days(verdict: Verdict, sealed: list[Day], trees: dict[date, Tree]) -> None:
    before, expected = b"", sealed[0].day if sealed else None
    for day in sealed:
        if verdict.first_day is None:
            verdict.first_day = _wrong(day, expected, trees[day.day], before)
        expected, before = day.day + timedelta(days=1), day.root
        verdict.days += 1
    early = [day for day, tree in trees.items() if sealed and day < sealed[0].day and tree.size]
    if verdict.first_day is None and early:
        verdict.first_day = f"{min(early)}: decided before the first sealed day"


def _wrong(day: Day, expected: date | None, tree: Tree, before: bytes) -> str | None:
    """Why a sealed day does not hold; None if it does."""
    if day.day != expected:
        return f"{expected}: its root is gone"
    if tree.size != day.cases:
        return f"{day.day}: {day.cases} cases were sealed, {tree.size} are there"
    if root(before, day.day, tree) != day.root:
        return f"{day.day}: its root is not that of the {tree.size} cases that are there"
    return None


async def _began(tx: Connection) -> datetime:
    began: datetime = await tx.fetchval("SELECT min(at) FROM chain_began")
    return began
