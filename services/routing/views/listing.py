"""The list of cases: rows, the filters as they were set, and the links to the neighbouring pages."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from services.routing.domain.case import Case
from services.routing.reading import CHOICES, Question
from services.routing.views.names import Names, code
from shared.contracts.vocabulary import ENDED_STATES
from shared.units import full_name
from shared.web.filters import local

MORE = (
    *("level", "severity", "legal_kind", "purpose", "owner", "from", "to", "as_of", "known_at", "restricted"),
)
"""Filters that are folded away until one of them is set."""
_QUICK = {
    "all": {},
    "triage": {"state": "triage"},
    "urgent": {"severity": "3"},
    "overdue": {"overdue": "true"},
    "returned": {"state": "returned"},
    "disputed": {"state": "disputed"},
    "restricted": {"restricted": "true"},
}


def list_context(
    question: Question,
    found: Sequence[Case],
    given: Mapping[str, str],
    names: Names,
    now: datetime,
) -> dict[str, Any]:
    """Context of `cases.html`; `found` holds one case more than a page if there are more."""
    rows, previous, following = _page(question, found, given)
    return {
        "rows": [_row(case, names) for case in rows],
        "previous": previous,
        "next": following,
        "values": dict(given),
        "choices": CHOICES,
        "units": _units(question, names, local(now).date()),
        "kinds": names.kinds(),
        "as_of": _maps(given, names),
        "quick": _quick(given),
        "open": any(given.get(name) for name in MORE),
        "errors": {fault.field: fault.code for fault in question.faults},
        "now": now,
    }


def _row(case: Case, names: Names) -> dict[str, Any]:
    facts, on = case.facts, case.facts.report_date
    return {
        "id": case.case_id,
        "code": code(case.case_id),
        "f": facts,
        "unit": names.place(facts.unit, on) if facts.unit else None,
        "resolving": names.body(facts.resolving_owner, on),
        "listening": names.follower(facts.listening_owner, on),
        "running": facts.state not in ENDED_STATES,
    }


def _page(
    question: Question, found: Sequence[Case], given: Mapping[str, str]
) -> tuple[Sequence[Case], str | None, str | None]:
    """The page's cases, and the links to the newer and the older ones."""
    backwards = "before" in question.filters
    more = len(found) > question.limit
    rows = found[-question.limit :] if backwards else found[: question.limit]
    kept = {name: value for name, value in given.items() if name not in ("after", "before") and value}

    def link(cursor: str, case: Case) -> str:
        return f"/cases?{urlencode({**kept, cursor: str(case.case_id)})}"

    newer = bool(rows) and (more if backwards else "after" in question.filters)
    older = bool(rows) and (backwards or more)
    return rows, link("before", rows[0]) if newer else None, link("after", rows[-1]) if older else None


def _units(question: Question, names: Names, today: date) -> list[tuple[str, str]]:
    """The home province and its communes of today, and whatever unit was asked for beside them."""
    home = names.basis.home(today)
    options = [(home, names.place(home, today)), *names.communes(today)]
    if question.unit is not None and question.unit.id not in dict(options):
        options.append((question.unit.id, full_name(question.unit)))
    return options


def _maps(given: Mapping[str, str], names: Names) -> list[tuple[str, str]]:
    """The maps that cases can be laid on, beside where they stand; with the day that was asked for."""
    asked = given.get("as_of", "")
    days = [asked] if asked and asked not in ("then", "today") else []
    return [*((key, names.texts.label("as_of", key)) for key in ("then", "today")), *((d, d) for d in days)]


def _quick(given: Mapping[str, str]) -> list[tuple[str, str, bool]]:
    """(key of its text, link, whether it is the list now shown)."""
    asked = {
        name: value for name, value in given.items() if value and name not in ("after", "before", "limit")
    }
    return [
        (key, f"/cases?{urlencode(query)}" if query else "/cases", asked == query)
        for key, query in _QUICK.items()
    ]
