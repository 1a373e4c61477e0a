"""The second step: cases that were opened are compared with those of their place, one place at a time.

Opening a case only leaves a mark. Whoever takes a place's marks has the place to itself until it commits, and
reads what it compares with after that: so equal reports make one incident, wherever they came in. A mark goes
in the transaction that has done what it asks for; a crash loses nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import structlog

from services.routing import metrics
from services.routing.domain.basis import Basis
from services.routing.domain.case import Case
from services.routing.domain.incidents.book import Book, Placed, says_nothing_new
from services.routing.domain.incidents.circle import same_circle
from services.routing.domain.incidents.grounds import Grounds
from services.routing.domain.incidents.keys import Decided, placed
from services.routing.domain.incidents.linkable import LEFT_ALONE, may_be_compared
from services.routing.domain.incidents.linking import go_on, incident_led_by, join, lead, may_lead
from services.routing.domain.incidents.matching import MOST_CANDIDATES, Compared, Match
from services.routing.domain.incidents.words import words_of
from services.routing.domain.text import Text, read
from services.routing.store import cases, erasures
from services.routing.store import incident_prints as prints
from services.routing.store import incidents as store
from services.routing.store.incident_prints import Span
from services.routing.store.incidents import Mark, Subject
from services.routing.use_cases.basis import BasisHolder
from services.routing.use_cases.passing_over import passing_over
from services.routing.use_cases.regroup import cause_of, regroup
from services.routing.use_cases.work import Work
from shared import failpoints
from shared.database import Connection, Database
from shared.local_time import LOCAL

log = structlog.get_logger()
_MARKS_A_ROUND = 200


@dataclass(frozen=True, slots=True)
class Found:
    """A case with what it goes with, and its text for the words to be told."""

    case: Case
    match: Match
    text: Text


@dataclass(slots=True)
class Round:
    """What a round found out before anything was locked. `prints`: rows to keep."""

    found: list[Found] = field(default_factory=list)
    prints: list[tuple[UUID, str, str, datetime, bytes]] = field(default_factory=list)
    grounds: dict[UUID, list[str]] = field(default_factory=dict)
    """On which a case that may have been elsewhere before is compared now."""
    unsettled: set[UUID] = field(default_factory=set)
    """Incidents a member of which may belong to none any more, or may not lead."""


class LinkReports:
    """Called again and again: round by round while marks wait that nobody else works on."""

    def __init__(self, database: Database, basis: BasisHolder) -> None:
        self._database = database
        self._basis = basis
        self._grounds: Grounds | None = None

    async def __call__(self) -> None:
        """Link what waits, and measure what still does."""
        while await self._round():
            pass
        async with self._database.connection() as connection:
            marks, oldest_s = await store.waiting(connection)
        metrics.INCIDENT_MARKS.set(marks)
        metrics.INCIDENT_MARKS_AGE.set(oldest_s)

    async def _round(self) -> bool:
        async with self._database.connection() as connection:
            units = await store.waiting_units(connection, _MARKS_A_ROUND)
        if not units:
            return False
        basis = self._basis.current
        async with self._database.transaction() as tx:
            now = await erasures.fence(tx, erasing=False)
            grounds = self._stand_on(basis, now.astimezone(LOCAL).date())
            places = {unit: grounds.place(unit) for unit in units}
            taken = await store.try_places(tx, set(places.values()))
            mine = [unit for unit in units if places[unit] in taken]
            marks = await store.take_marks(tx, mine, _MARKS_A_ROUND)
            failpoints.hit("routing.marks_taken")
            await link(tx, marks, basis, grounds, now)
            failpoints.hit("routing.marks_done")
        return bool(marks)

    def _stand_on(self, basis: Basis, today: date) -> Grounds:
        """The places as they stand today; made anew with the day and the map."""
        kept = self._grounds
        if kept is None or kept.units is not basis.units or kept.on != today:
            kept = self._grounds = Grounds(basis.units, today)
        return kept


async def link(tx: Connection, marks: Sequence[Mark], basis: Basis, grounds: Grounds, now: datetime) -> None:
    """Do what marks ask for, under their places' locks."""
    if not marks:
        return
    subjects = await store.subjects(tx, {mark.case_id for mark in marks})
    looked = await _look(tx, marks, subjects, basis, grounds)
    leading, ids = await _concerned(tx, looked)
    work = Work(basis, now, await cases.lock(tx, ids))
    begun = _decide(work, looked.found, leading)
    await prints.forget_elsewhere(tx, looked.grounds)
    await prints.keep_prints(tx, looked.prints)
    await store.note_follow_ups(tx, begun.follow_ups)
    await store.suggest(tx, begun.suggested)
    await store.set_leading(tx, begun.leading)
    await store.inherit_apart(tx, begun.leading)
    if looked.unsettled:
        await regroup(tx, work, looked.unsettled)
    metrics.linked(begun.counted)
    await work.write(tx)


async def _look(
    tx: Connection,
    marks: Sequence[Mark],
    subjects: Mapping[UUID, Subject],
    basis: Basis,
    grounds: Grounds,
) -> Round:
    """Compare the marked cases, in the order of their submission."""
    looked = Round(unsettled={UUID(mark.left_incident) for mark in marks if mark.left_incident})
    made: list[tuple[Case, Text, list[Placed]]] = []
    here = {(mark.case_id, grounds.place(mark.unit)) for mark in marks}
    gone = [i for i, subject in subjects.items() if not may_be_compared(subject.case.facts)]
    await prints.forget_compared(tx, gone)
    for subject in sorted(subjects.values(), key=_submitted):
        case = subject.case
        if not may_be_compared(case.facts):
            if case.facts.incident is not None:
                looked.unsettled.add(UUID(case.facts.incident))
        elif (told := _placed(subject, basis, grounds)) is not None:
            text, all_places = told
            if case.version > 1:
                looked.grounds[case.case_id] = [one.ground for one in all_places]
            # A case that may be in two places is looked at in each under that place's lock.
            made.append((case, text, [one for one in all_places if (case.case_id, one.place) in here]))
    known = await _candidates(tx, [one for _, _, places in made for one in places], basis)
    book = Book(basis.matching, known, await store.apart(tx, subjects.keys()))
    for case, text, places in made:
        with passing_over("link", case.case_id):
            _compare(looked, book, case, text, places)
    return looked


def _placed(subject: Subject, basis: Basis, grounds: Grounds) -> tuple[Text, list[Placed]] | None:
    """A case's text, and the case in its places; None without a text, or if it cannot be compared."""
    if subject.text is None:
        return None
    case = subject.case
    with passing_over("link", case.case_id):
        decided = Decided(case.case_id, case.root_id, subject.text, case.facts, case.findings, case.audience)
        text = read(subject.text)
        return text, placed(decided, text, basis.matching, grounds)
    return None


def _compare(looked: Round, book: Book, case: Case, text: Text, places: Sequence[Placed]) -> None:
    """What one case goes with, and what is kept of it; one that is in an incident stays there."""
    match = None
    if case.facts.incident is None:
        match = book.match(places, case.facts.report_date)
        if match is not None:
            looked.found.append(Found(case, match, text))
    for one in places:
        if match is None or not says_nothing_new(one.compared, match):
            stored = one.compared.print.to_bytes()
            looked.prints.append((case.case_id, one.ground, case.facts.category, one.compared.at, stored))


async def _candidates(tx: Connection, made: Sequence[Placed], basis: Basis) -> dict[str, list[Compared]]:
    """What the grounds hold that is near enough in time, but for the cases themselves."""
    spans: dict[str, Span] = {}
    for one in made:
        at = one.compared.at
        reach = basis.matching.reach(one.compared.print, at.astimezone(LOCAL).date())
        wide = spans.get(one.ground, Span(one.ground, at, at))
        spans[one.ground] = Span(one.ground, min(wide.since, at - reach), max(wide.till, at + reach))
    if not spans:
        return {}
    own = {one.compared.case_id for one in made}
    categories = [(one.ground, one.compared.print.category) for one in made]
    rows = await prints.candidates(tx, list(spans.values()), categories, LEFT_ALONE, MOST_CANDIDATES // 2)
    return {ground: [c for c in there if c.case_id not in own] for ground, there in rows.items()}


async def _concerned(tx: Connection, looked: Round) -> tuple[dict[UUID, UUID], list[UUID]]:
    """Which case leads which group, and every case that may change."""
    groups = {found.match.group for found in looked.found}
    leading = {group: group for group in groups}
    for incident in (await store.incidents(tx, groups)).values():
        leading[incident.incident_id] = incident.leading
    ids = {found.case.case_id for found in looked.found} | set(leading.values())
    ids |= {found.match.other.case_id for found in looked.found} | groups
    if looked.unsettled:
        ids |= set(await store.members(tx, looked.unsettled))
    return leading, sorted(ids)


@dataclass(slots=True)
class Begun:
    """What the decisions leave to be written beside the cases."""

    leading: dict[UUID, UUID] = field(default_factory=dict)
    follow_ups: list[tuple[UUID, UUID]] = field(default_factory=list)
    suggested: list[tuple[UUID, UUID, float, bytes]] = field(default_factory=list)
    counted: list[str] = field(default_factory=list)


def _decide(work: Work, found: Sequence[Found], leading: Mapping[UUID, UUID]) -> Begun:
    """Link as found, as far as the cases, now locked, still allow it."""
    begun = Begun()
    for one in found:
        case = work.case(one.case.case_id)
        if case is None or case.facts.incident or not may_be_compared(case.facts):
            continue
        # An incident may go on without the case that it is called by, which then stands for itself.
        head = _within(work, case, leading[one.match.group], one.match.group)
        if head is None or _within(work, case, one.match.other.case_id) is None:
            continue
        words = words_of(one.text, one.match.shared, work.basis.matching)
        match one.match.kind:
            case "same" if may_lead(head) and head.case_id != case.case_id:
                _join(work, case, head, words, begun)
            case "follow_up":
                _go_on(work, case, head, words, begun)
            case _:
                evidence = "\n".join(words).encode()
                begun.suggested.append((case.case_id, one.match.other.case_id, one.match.score, evidence))
                begun.counted.append("suggested")
    return begun


def _within(work: Work, case: Case, *case_ids: UUID) -> Case | None:
    """The first of these that is, now that they are locked, of the case's circle."""
    found = (work.case(case_id) for case_id in case_ids)
    return next((one for one in found if one is not None and same_circle(one, case)), None)


def _join(work: Work, case: Case, head: Case, words: tuple[str, ...], begun: Begun) -> None:
    incident = head.facts.incident or incident_led_by(head)
    if head.facts.incident is None:
        work.take((lead(head, incident, work.basis, work.now),), cause_of(head), None)
        begun.leading[UUID(incident)] = head.case_id
    work.take((join(case, incident, words, work.basis, work.now),), cause_of(case), None)
    begun.counted.append("same")


def _go_on(work: Work, case: Case, head: Case, words: tuple[str, ...], begun: Begun) -> None:
    work.take((go_on(case, head.facts.incident, words, work.basis, work.now),), cause_of(case), None)
    begun.follow_ups.append((case.case_id, head.case_id))
    begun.counted.append("follow_up")


def _submitted(subject: Subject) -> tuple[datetime, UUID]:
    return subject.case.facts.submitted_at, subject.case.case_id
