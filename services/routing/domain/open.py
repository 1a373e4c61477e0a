"""How a report becomes a case: place, topic, nature, owners and clocks, in this order."""

from dataclasses import replace
from datetime import date

from services.routing.domain.accused import suspects
from services.routing.domain.audience import Matter, assign, guarded, resolved
from services.routing.domain.basis import Basis
from services.routing.domain.calendar import local_date
from services.routing.domain.case import (
    Deadlines,
    Facts,
    Findings,
    Guard,
    Nature,
    Owners,
    Place,
    Reason,
    Report,
    Topic,
    TriageCause,
)
from services.routing.domain.clocks import Sort, deadlines
from services.routing.domain.life.clock import placed
from services.routing.domain.nature import Signals
from services.routing.domain.seen import Seen, see
from services.routing.domain.spam import spam
from services.routing.domain.text import read
from shared.contracts.vocabulary import CaseState

Assessment = tuple[Facts, Findings, tuple[str, ...], tuple[Reason, ...]]

_UNKNOWN = Nature("phan_anh", 1, "province", (), True, False, None, None, ())
"""What is assumed of a report that no rule could read: restricted, at the province."""


def assess(report: Report, basis: Basis, seen: Seen | None = None, *, sensitive: bool = False) -> Assessment:
    """All findings on a report, its owners, audience and clocks.

    `seen`: what stands in it, if that was looked up already. `sensitive`: it looks guarded by another sign
    than those of its whole text.
    """
    if "before_2024" in report.time_flags:
        return _dated(report, basis)
    seen = seen or see(report, basis)
    place, topic, nature, on = seen.place, seen.topic, seen.nature, report.report_date
    if sensitive:
        nature = replace(nature, sensitive=True)
    matter = matter_of(report, place, topic, nature, basis)
    owners = assign(matter, basis.registry, basis.units, basis.rules.version)
    cause = triage_cause(matter, place, topic, owners)
    junk = spam(seen.signals, topic, place, nature, basis.rules.version)
    state = _state(report, cause, junk)
    clocks = None
    if state not in ("noted", "spam"):
        sort = placed(Sort(nature.legal_kind, nature.severity, topic.category), matter.path, on, basis)
        clocks = deadlines(sort, report.received_at, owners.resolving is not None, basis.terms)
    facts = facts_of(report, matter, state, owners, clocks)
    findings = Findings(place.candidates, topic.runner_ups, nature.accused, cause, guard=Guard.of(nature))
    reasons = (
        *([junk] if junk else ()),
        _place_reason(place, basis),
        *topic.reasons,
        *nature.reasons,
        *owners.reasons,
        *(clocks.reasons if clocks else ()),
    )
    return facts, findings, owners.audience, reasons


def matter_of(report: Report, place: Place, topic: Topic, nature: Nature, basis: Basis) -> Matter:
    """What the audience is decided on; without a unit the path is the home province alone."""
    on = report.report_date
    home = (basis.home(on),)
    if place.unit is not None:
        path = basis.units.path(place.unit, on) or home
    elif place.candidates:
        path = basis.units.path(place.candidates[0].unit, on)[-1:] or home
    else:
        path = home
    return Matter(topic.category, nature, report.purpose, report.organisation, place.unit, path, on)


def triage_cause(matter: Matter, place: Place, topic: Topic, owners: Owners) -> TriageCause | None:
    """Why a person must look first, the gravest cause named; None if the case can go its way."""
    if guarded(matter) and not resolved(matter):
        return "accused"
    if place.outside:
        return "outside"
    if place.unit is None and not place.whole:
        return "place"
    if topic.category == "khac":
        return "topic"
    if owners.resolving is None and matter.purpose == "request":
        return "owner"
    return None


def _state(report: Report, cause: TriageCause | None, junk: Reason | None) -> CaseState:
    if junk is not None:
        return "spam"
    if report.purpose == "observation" and cause not in ("accused", "dated", "error"):
        return "noted"
    return "triage" if cause else "opened"


def facts_of(
    report: Report, matter: Matter, state: CaseState, owners: Owners, clocks: Deadlines | None
) -> Facts:
    """The case's facts."""
    nature = matter.nature
    return Facts(
        unit=matter.unit,
        path=matter.path,
        purpose=report.purpose,
        category=matter.category,
        legal_kind=nature.legal_kind,
        severity=nature.severity,
        flags=nature.flags,
        state=state,
        level=nature.level,
        restricted=guarded(matter),
        listening_owner=owners.listening,
        resolving_owner=owners.resolving,
        channel=report.channel,
        organisation=report.organisation,
        observation=report.observation,
        report_date=report.report_date,
        submitted_at=report.submitted_at,
        received_at=report.received_at,
        deadlines=clocks,
    )


def _place_reason(place: Place, basis: Basis) -> Reason:
    words = place.candidates[0].evidence if place.candidates else ()
    outcome = "ngoai-tinh" if place.outside else "toan-tinh" if place.whole else "xac-dinh"
    if place.unit is None and not place.outside and not place.whole:
        outcome = "chua-ro"
    return Reason(f"place.{outcome}", basis.rules.places.version, None, words)


def _dated(report: Report, basis: Basis) -> Assessment:
    reason = Reason("time.truoc-2024", basis.rules.version, "Bản đồ và quy tắc có từ 2024-01-01")
    return _to_a_person(report, basis, Findings(triage="dated"), reason)


def in_triage(report: Report, basis: Basis, error: Exception) -> Assessment:
    """The case of a report that broke a decision: restricted, at the province, the error's kind named."""
    name = type(error).__name__
    reason = Reason(f"error.{name}", basis.rules.version, None, (str(error),))
    return _to_a_person(report, basis, Findings(triage="error", error=name), reason)


def _named(report: Report, basis: Basis, on: date) -> tuple[str, ...]:
    """The bodies that even an unread report keeps out; none if its text is what cannot be read."""
    try:
        text = read(report.text)
        return suspects(text, Signals(text, basis.lexicon.hits(text, on), basis.model.read(text)).found)
    except Exception:
        # The error that brought the report here is on its case; a second one must not lose it.
        return ()


def _to_a_person(report: Report, basis: Basis, findings: Findings, reason: Reason) -> Assessment:
    on: date = local_date(report.received_at)
    path = (basis.home(on),)
    nature = replace(_UNKNOWN, named=_named(report, basis, on))
    matter = Matter("khac", nature, report.purpose, report.organisation, None, path, on)
    owners = assign(matter, basis.registry, basis.units, basis.rules.version)
    findings = replace(findings, guard=Guard.of(nature))
    facts = facts_of(report, matter, "triage", owners, None)
    return facts, findings, owners.audience, (reason, *owners.reasons)
