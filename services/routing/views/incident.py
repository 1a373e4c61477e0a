"""What goes with a case: its incident's cases, what it goes on with, and what a person is asked about.

Only cases of its circle of which the listening owner of this one may know, too, are named: whoever follows a
case up is who links it. Of others there is a number.
"""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

import uuid_utils

from services.routing.domain.case import Case
from services.routing.domain.incidents.circle import same_circle
from services.routing.store.incident_reads import Links, Suggested
from services.routing.views.names import Names, code

MOST = 20
"""Cases that are named at most."""


def may_be_named(case: Case, other: Case) -> bool:
    """Whether who follows `case` up may know of `other`: of a guarded case only within its circle."""
    return same_circle(case, other) and case.facts.listening_owner in other.audience


def incident_context(case: Case, links: Links, names: Names) -> dict[str, Any] | None:
    """Context of `case_incident.html`; None where nothing goes with the case and nobody is asked."""
    others = [one for one in links.cases if one.case_id != case.case_id]
    shown = [one for one in others if may_be_named(case, one)]
    suggested = [one for one in links.suggested if may_be_named(case, one.case)]
    earlier = links.earlier if links.earlier and may_be_named(case, links.earlier) else None
    later = [one for one in links.later if may_be_named(case, one)]
    if not (links.incident or suggested or earlier or later):
        return None
    leading = links.incident.leading if links.incident else None
    return {
        "in_one": links.incident is not None,
        "guarded": case.facts.restricted,
        "leads": leading == case.case_id,
        "rows": [_row(one, names, leading) for one in shown],
        "reporters": links.reporters,
        "hidden": max(0, links.count - 1 - len(shown)) if links.incident else 0,
        "suggested": [_suggested(one, names) for one in suggested],
        "earlier": earlier and _row(earlier, names, None),
        "later": [_row(one, names, None) for one in later],
        "bodies": _bodies(case, names),
        "command_id": uuid_utils.uuid7(),
    }


def _row(one: Case, names: Names, leading: UUID | None) -> dict[str, Any]:
    return {
        "id": one.case_id,
        "code": code(one.case_id),
        "f": one.facts,
        "unit": names.place(one.facts.unit, one.facts.report_date),
        "leads": one.case_id == leading and not one.facts.restricted,
    }


def _suggested(one: Suggested, names: Names) -> dict[str, Any]:
    words = ", ".join(word for word in one.words if word)
    return {**_row(one.case, names, None), "words": words, "command_id": uuid_utils.uuid7()}


def _bodies(case: Case, names: Names) -> Sequence[tuple[str, str]]:
    """Who may act, the listening owner first."""
    everybody: Collection[str] = dict.fromkeys([case.facts.listening_owner, *case.audience])
    on = case.facts.report_date
    return [(body, names.body(body, on)) for body in everybody if body in case.audience]
