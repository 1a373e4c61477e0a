"""The page of one case: facts, clocks, who may know and was told, candidates, why, and the whole history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.routing.domain.case import Case, Observed, Reason
from services.routing.store.reads import Decided, Reached, Told
from services.routing.views.history import entries, states
from services.routing.views.names import Names, code
from services.routing.views.why import Why, last_day
from shared.contracts.vocabulary import ENDED_STATES
from shared.web.catalogue import Catalogue
from shared.web.filters import date_vi, datetime_vi, number_vi


@dataclass(frozen=True, slots=True)
class Read:
    """All that the database holds of a case."""

    case: Case
    told: Told
    history: Sequence[Decided]
    reached: Sequence[Reached]


def case_context(read: Read, names: Names, now: datetime) -> dict[str, Any]:
    """Context of `case.html`."""
    texts = names.texts
    case, on = read.case, read.case.facts.report_date
    why = Why(case, names, erased=read.told.erased_at is not None)
    opening: Sequence[Reason] = read.history[0].reasons if read.history else ()
    return {
        "case": case,
        "f": case.facts,
        "code": code(case.case_id),
        "told": read.told,
        "path": names.path(case.facts.path, on),
        "waits": _waits(case, texts),
        "why": why.answers(opening),
        "facts": _facts(case, names),
        "clocks": _clocks(read),
        "bodies": _bodies(read, names),
        "candidates": [
            (c.unit, names.place(c.unit, on), f"{number_vi(c.probability * 100)}%", why.evidence(c.evidence))
            for c in case.findings.candidates
        ],
        "history": entries(case, read.history, why, texts),
        "now": now,
    }


def _waits(case: Case, texts: Catalogue) -> str | None:
    """Why the case waits for a person, while it does."""
    if case.facts.state != "triage" or case.findings.triage is None:
        return None
    return texts.text(f"triage.{case.findings.triage}", error=case.findings.error)


def _facts(case: Case, names: Names) -> list[tuple[str, str]]:
    """(name, value) of what is known and not said elsewhere on the page."""
    texts = names.texts
    f, seen, found = case.facts, case.facts.observation, case.findings
    pairs: list[tuple[str, str | None]] = [
        ("unit", names.place(f.unit, f.report_date)),
        ("legal_kind", texts.label("legal_kind", f.legal_kind)),
        ("purpose", texts.label("purpose", f.purpose)),
        ("level", texts.label("level", f.level)),
        ("accused", texts.label("accused", found.accused) if found.accused else None),
        ("observed", _observed(seen, texts) if seen else None),
        ("channel", texts.label("channel", f.channel)),
        ("organisation", texts.label("organisation", f.organisation) if f.organisation else None),
        ("report_date", date_vi(f.report_date)),
        ("received", datetime_vi(f.received_at)),
        ("incident", f.incident),
        ("runner_ups", ", ".join(texts.label("category", c) for c, _ in found.runner_ups) or None),
        ("versions", texts.text("fact.versions_are", map=case.map_version, rules=case.rules_version)),
    ]
    return [(texts.text(f"fact.{key}"), value) for key, value in pairs if value is not None]


def _observed(seen: Observed, texts: Catalogue) -> str:
    """ "Nông dân: Băn khoăn, Đa số ý kiến, khoảng 40 người, nghe kể lại"."""
    said = [texts.label("stance", seen.stance), texts.label("breadth", seen.breadth)]
    if seen.people:
        said.append(texts.text("fact.people", count=number_vi(seen.people)))
    if seen.second_hand:
        said.append(texts.text("fact.second_hand"))
    return f"{texts.label('group', seen.group)}: {', '.join(said)}"


@dataclass(frozen=True, slots=True)
class Clock:
    """One of a case's clocks: its last moment, the day that it ends with (none for one of minutes), whether
    it still runs, and when it was met."""

    key: str
    at: datetime
    day: date | None
    runs: bool
    met: datetime | None = None


def _clocks(read: Read) -> list[Clock]:
    """The clocks that were set; a case that was passed on has met the first."""
    clocks, runs = read.case.facts.deadlines, read.case.facts.state not in ENDED_STATES
    if clocks is None:
        return []
    led_to = zip(read.history, states(read.case, read.history), strict=True)
    passed_on = next((decided.decided_at for decided, state in led_to if state == "opened"), None)
    rows = [Clock("forward", clocks.forward_by, None, runs and passed_on is None, passed_on)]
    if clocks.settle_by is not None:
        rows.append(Clock("settle", clocks.settle_by, last_day(clocks.settle_by), runs))
    return [*rows, Clock("listen", clocks.listen_by, last_day(clocks.listen_by), runs)]


def _bodies(read: Read, names: Names) -> list[dict[str, Any]]:
    """Everybody who may know, the owners first, with when and how each was told."""
    facts, on = read.case.facts, read.case.facts.report_date
    roles = {facts.listening_owner: "listening"}
    if facts.resolving_owner:
        roles = {facts.resolving_owner: "resolving", **roles}
    everybody = dict.fromkeys([*roles, *read.case.audience])
    return [
        {
            "name": names.body(body, on),
            "role": roles.get(body, "informed"),
            "reached": [r for r in read.reached if r.body == body],
        }
        for body in everybody
    ]
