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


def incident_keys(reports: Sequence[Decided], matching: Matching, grounds: Grounds) -> dict[UUID, UUID]:
    """For each report the id of the case that its incident is led by; its own, if it is alone.

    In the order of their submission. A follow-up shares the key of the earlier report's incident, if that has
    one, and else keeps its own: it is no duplicate.
    """
    keys: dict[UUID, UUID] = {}
    places: dict[str, list[Compared]] = {}
    for report in sorted(reports, key=lambda r: (r.facts.submitted_at, r.case_id)):
        if may_be_compared(report.facts):
            _place(report, matching, grounds, places, keys)
    return {report.case_id: keys.get(report.case_id, report.case_id) for report in reports}


def _place(
    report: Decided,
    matching: Matching,
    grounds: Grounds,
    places: dict[str, list[Compared]],
    keys: dict[UUID, UUID],
) -> None:
    text, on = read(report.text), report.facts.report_date
    made: list[tuple[str, Compared]] = []
    for unit in units_of(report.facts, report.findings):
        print_ = matching.fingerprint(text, report.facts, report.findings, grounds, unit)
        made.append((grounds.place(unit), Compared(report.case_id, report.facts.submitted_at, print_)))
    found = [(place, matching.match(new, places.get(place, ()), on)) for place, new in made]
    matches = [match for _, match in found if match is not None and match.kind != "suggested"]
    best = max(matches, key=lambda match: match.score, default=None)
    for place, new in made:
        there = places.setdefault(place, [])
        there.append(new)
        if best is not None:
            _join(there, new, best, keys)


def _join(there: list[Compared], new: Compared, best: Match, keys: dict[UUID, UUID]) -> None:
    """Note what the match makes of the new report and, of a new incident, of the cases that were there."""
    if best.kind == "follow_up":
        there[-1] = replace(new, incident=best.other.incident, follow_up_of=best.group)
        if best.other.incident is not None:
            keys[new.case_id] = best.other.incident
        return
    for at, one in enumerate(there):
        if one.case_id == new.case_id or one.group == best.group:
            there[at] = replace(one, incident=best.group)
            keys[one.case_id] = best.group
