"""Shadow replay: what a case was opened as, beside what other rules would have made of its report."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

import orjson

from services.routing.domain.basis import Basis
from services.routing.domain.case import Case, Report
from services.routing.domain.chain import Codes, Told, body, codes
from services.routing.domain.decide import opened
from services.routing.domain.decision import Decision
from shared.contracts.vocabulary import TimeFlag

_FIRST_DAY = date(2024, 1, 1)
FIELDS = (
    *("state", "unit", "category", "legal_kind", "severity", "level"),
    *("listening_owner", "resolving_owner", "settle_by", "listen_by"),
)
"""What is compared: where it went, what it was taken to be, whose it was, by when."""


class Group(NamedTuple):
    """Cases of a category and unit, as they were opened, in which a field would have been otherwise.

    Of deadlines it is not said which, but by how many days they would have moved.
    """

    category: str
    unit: str | None
    field: str
    was: str | None
    now: str | None


@dataclass(slots=True)
class Tally:
    """What a replay found. `erased`: cases whose texts are gone; `broken`: reports that broke a decision."""

    decided: int = 0
    changed: int = 0
    erased: int = 0
    broken: int = 0
    groups: Counter[Group] = field(default_factory=Counter)

    def part(self, was: Codes | None, now: Codes | None) -> None:
        """Count a further matter of a report that only one of the two made a case of."""
        found = was or now or {}
        before = None if was is None else str(was["category"])
        after = None if now is None else str(now["category"])
        self.changed += 1
        self.groups[Group(found["category"], found.get("unit"), "part", before, after)] += 1

    def take(self, was: Codes, decision: Decision) -> None:
        """Count one case by every field in which it would have been opened otherwise."""
        now = orjson.loads(body(codes(decision.facts, decision.audience, decision.findings)))
        pairs = {name: (_value(was, name), _value(now, name)) for name in FIELDS}
        different = {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
        self.decided += 1
        self.changed += bool(different)
        self.broken += decision.findings.error is not None
        for name, (before, after) in different.items():
            said = _moved(before, after) if name.endswith("_by") else (before, after)
            self.groups[Group(was["category"], was.get("unit"), name, *said)] += 1


def decide_again(case: Case, told: Told, basis: Basis) -> tuple[Decision, ...]:
    """What these rules make of the report of a root case: its cases, the root first."""
    facts = case.facts
    text, hint, unit, *located = told
    flags: tuple[TimeFlag, ...] = ("before_2024",) if facts.report_date < _FIRST_DAY else ()
    report = Report(
        report_id=case.case_id,
        purpose=facts.purpose,
        channel=facts.channel,
        text=text,
        submitted_at=facts.submitted_at,
        received_at=facts.received_at,
        report_date=facts.report_date,
        organisation=facts.organisation,
        place_hint=hint,
        reporter_unit=unit,
        observation=facts.observation,
        time_flags=flags,
        location=located[0] if located else None,
    )
    return opened(report, facts.received_at, basis)


def _value(of: Codes, name: str) -> str | None:
    found: Any = (of.get("deadlines") or {}).get(name) if name.endswith("_by") else of.get(name)
    return None if found is None else str(found)


def _moved(was: str | None, now: str | None) -> tuple[str | None, str | None]:
    if was is None or now is None:
        return (was and "set", now and "set")
    days = (datetime.fromisoformat(now) - datetime.fromisoformat(was)).days
    return None, f"{days:+d} d"
