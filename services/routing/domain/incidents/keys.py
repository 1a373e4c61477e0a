"""Which of many reports are about one incident, decided one after the other as the second step does it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from services.routing.domain.case import Facts, Findings
from services.routing.domain.incidents.book import Book, Placed
from services.routing.domain.incidents.circle import circle, ground
from services.routing.domain.incidents.grounds import Grounds
from services.routing.domain.incidents.linkable import may_be_compared
from services.routing.domain.incidents.matching import Compared, Match, Matching, units_of
from services.routing.domain.text import Text, read


@dataclass(frozen=True, slots=True)
class Decided:
    """A report, or a further matter of one, as it was decided on."""

    case_id: UUID
    root_id: UUID
    text: str
    facts: Facts
    findings: Findings
    audience: tuple[str, ...]


def placed(report: Decided, text: Text, matching: Matching, grounds: Grounds) -> list[Placed]:
    """A report in each of the places that it is compared in, on its circle's ground there."""
    within = circle(report.facts, report.findings, report.audience)
    made: list[Placed] = []
    for unit in units_of(report.facts, report.findings):
        print_ = matching.fingerprint(text, report.facts, report.findings, grounds, unit)
        one = Compared(report.case_id, report.facts.submitted_at, print_)
        place = grounds.place(unit)
        made.append(Placed(place, ground(place, within), one, report.root_id))
    return made


def matches(reports: Sequence[Decided], matching: Matching, grounds: Grounds) -> dict[UUID, Match]:
    """What each report goes with, in the order of their submission; those alone are left out."""
    book = Book(matching)
    found: dict[UUID, Match] = {}
    for report in sorted(reports, key=lambda r: (r.facts.submitted_at, r.case_id)):
        if may_be_compared(report.facts):
            made = placed(report, read(report.text), matching, grounds)
            match = book.match(made, report.facts.report_date)
            if match is not None:
                found[report.case_id] = match
    return found


def incident_keys(reports: Sequence[Decided], matching: Matching, grounds: Grounds) -> dict[UUID, UUID]:
    """For each report the id of the case that its incident is led by; its own, if it is alone.

    A follow-up shares the key of the earlier report's incident, if that has one by then, and else keeps its
    own: it is no duplicate.
    """
    keys = {report.case_id: report.case_id for report in reports}
    follow_ups: dict[UUID, list[UUID]] = {}
    for case_id, match in matches(reports, matching, grounds).items():
        if match.kind == "same":
            keys[case_id] = match.group
            for follower in follow_ups.pop(match.group, ()):
                keys[follower] = match.group
        elif match.kind == "follow_up" and match.other.incident is not None:
            keys[case_id] = match.other.incident
        elif match.kind == "follow_up":
            follow_ups.setdefault(match.group, []).append(case_id)
    return keys
