"""Which of many reports are about one incident, decided one after the other as the second step does it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from services.routing.domain.case import Facts, Findings
from services.routing.domain.incidents.grounds import Grounds
from services.routing.domain.incidents.linkable import may_be_compared
from services.routing.domain.incidents.matching import Compared, Match, Matching, units_of
from services.routing.domain.text import read


@dataclass(frozen=True, slots=True)
class Decided:
    """A report as it was decided on."""

    case_id: UUID
    text: str
    facts: Facts
    findings: Findings


class Book:
    """Reports by place, matched one after the other. Kept in memory: for files, not for streams."""

    def __init__(self, matching: Matching, grounds: Grounds) -> None:
        self.keys: dict[UUID, UUID] = {}
        self._matching = matching
        self._grounds = grounds
        self._places: dict[str, list[Compared]] = {}

    def add(self, report: Decided) -> Match | None:
        """Match a report with those that were added before it; returns what it goes with, if anything."""
        if not may_be_compared(report.facts):
            return None
        text, on = read(report.text), report.facts.report_date
        made: list[tuple[str, Compared]] = []
        for unit in units_of(report.facts, report.findings):
            print_ = self._matching.fingerprint(text, report.facts, report.findings, self._grounds, unit)
            made.append(
                (self._grounds.place(unit), Compared(report.case_id, report.facts.submitted_at, print_))
            )
        found = [self._matching.match(new, self._places.get(place, ()), on) for place, new in made]
        matches = [match for match in found if match is not None and match.kind != "suggested"]
        best = max(matches, key=lambda match: match.score, default=None)
        for place, new in made:
            there = self._places.setdefault(place, [])
            there.append(new)
            if best is not None:
                self._join(there, new, best)
        return best

    def _join(self, there: list[Compared], new: Compared, best: Match) -> None:
        """Note what the match makes of the new report and, of a new incident, of the cases that are there."""
        if best.kind == "follow_up":
            there[-1] = replace(new, incident=best.other.incident, follow_up_of=best.group)
            if best.other.incident is not None:
                self.keys[new.case_id] = best.other.incident
            return
        for at, one in enumerate(there):
            if one.case_id == new.case_id or one.group == best.group:
                there[at] = replace(one, incident=best.group)
                self.keys[one.case_id] = best.group


def incident_keys(reports: Sequence[Decided], matching: Matching, grounds: Grounds) -> dict[UUID, UUID]:
    """For each report the id of the case that its incident is led by; its own, if it is alone.

    In the order of their submission. A follow-up shares the key of the earlier report's incident, if that has
    one, and else keeps its own: it is no duplicate.
    """
    book = Book(matching, grounds)
    for report in sorted(reports, key=lambda r: (r.facts.submitted_at, r.case_id)):
        book.add(report)
    return {report.case_id: book.keys.get(report.case_id, report.case_id) for report in reports}
