"""The page of one case: facts, clocks, who may know and was told, candidates, why, and the whole history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from services.routing.domain.case import Case, Observed
from services.routing.store.reads import Decided, Reached, Told
from services.routing.views.acts import Sent, forms
from services.routing.views.along import standing
from services.routing.views.history import entries, states
from services.routing.views.names import Names, code
from services.routing.views.terms import duty_lines, last_day
from services.routing.views.why import Why
from shared.contracts.vocabulary import ENDED_STATES
from shared.web.catalogue import Catalogue
from shared.web.filters import date_vi, datetime_vi, local, number_vi


@dataclass(frozen=True, slots=True)
class Read:
    """All that the database holds of a case."""

    case: Case
    told: Told
    history: Sequence[Decided]
    reached: Sequence[Reached]


def case_context(read: Read, names: Names, now: datetime, sent: Sent | None = None) -> dict[str, Any]:
    """Context of `case.html`. `sent`: a form that came and was not carried out."""
    texts = names.texts
    case, on = read.case, read.case.facts.report_date
    erased = read.told.erased_at is not None
    why = Why(case, names, erased=erased)
    return {
        "case": case,
        "f": case.facts,
        "code": code(case.case_id),
        "told": read.told,
        "path": names.path(case.facts.path, on),
        "waits": _waits(case, texts),
        "why": standing(case, read.history, names, erased=erased),
        "facts": _facts(case, names),
        "clocks": _clocks(read),
        "bodies": _bodies(read, names),
        "candidates": [
            (c.unit, names.place(c.unit, on), f"{number_vi(c.probability * 100)}%", why.evidence(c.evidence))
            for c in case.findings.candidates
        ],
        "history": entries(case, read.history, names, erased=erased),
        "duties": duty_lines(case, read.history, names),
        "forms": forms(case, names, local(now).date(), sent),
        "now": now,
        **_BESIDE,
    }


_BESIDE: Mapping[str, Any] = {"incident": None, "choosing": False, "done": ""}
"""What the page puts in beside the case: its incident, whether it waits for a unit, what was just done."""


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
        ("unit_then", names.place(f.path_then[0], f.report_date) if f.path_then else None),
        ("legal_kind", texts.label("legal_kind", f.legal_kind)),
        ("purpose", texts.label("purpose", f.purpose)),
        ("level", texts.label("level", f.level)),
        ("accused", texts.label("accused", found.accused) if found.accused else None),
        ("outcome", texts.label("outcome", f.outcome) if f.outcome else None),
        ("settlement", texts.text("fact.second") if found.life.settlement == 2 else None),
        ("complex", ", ".join(texts.label("complex_reason", why) for why in found.life.complex_for) or None),
        ("observed", _observed(seen, texts) if seen else None),
        ("channel", texts.label("channel", f.channel)),
        ("organisation", texts.label("organisation", f.organisation) if f.organisation else None),
        ("report_date", date_vi(f.report_date)),
        ("received", datetime_vi(f.received_at)),
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


_PASSED_ON = ("opened", "forwarded", "accepted", "answered")
_FOLLOWED = (*(state for state in ENDED_STATES if state != "answered"),)
"""States in which nobody has to follow a case up any more; one that is answered is still to be told."""


def _clocks(read: Read) -> list[Clock]:
    """The clocks that were set, and when each was met: by passing on, by the answer, by telling."""
    facts, clocks = read.case.facts, read.case.facts.deadlines
    if clocks is None:
        return []
    runs = facts.state not in ENDED_STATES
    passed_on = _reached(read, _PASSED_ON)
    rows = [Clock("forward", clocks.forward_by, None, runs and passed_on is None, passed_on)]
    if clocks.settle_by is not None:
        answered = _reached(read, ("answered",), last=True) if facts.outcome else None
        rows.append(Clock("settle", clocks.settle_by, last_day(clocks.settle_by), runs, answered))
    told = _reached(read, ("told", "closed"), last=True) if facts.outcome else None
    follows = facts.state not in _FOLLOWED
    rows.append(Clock("listen", clocks.listen_by, last_day(clocks.listen_by), follows, told))
    if facts.object_by is not None:
        waits = facts.state == "told"
        rows.append(Clock("object", facts.object_by, last_day(facts.object_by), waits))
    return rows


def _reached(read: Read, wanted: Sequence[str], *, last: bool = False) -> datetime | None:
    """When the case first, or last, came into one of these states."""
    led_to = zip(read.history, states(read.case, read.history), strict=True)
    moments = [decided.decided_at for decided, state in led_to if state in wanted]
    return moments[-1 if last else 0] if moments else None


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
