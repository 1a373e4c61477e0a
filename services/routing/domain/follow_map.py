"""A case follows the map: where its unit went, with lineage and clocks; or what a person must choose.

Owners are those of `audience.py` for the new place. A guarded case's audience can only become narrower.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from uuid import UUID

from services.routing.domain.audience import Matter, assign, entrust
from services.routing.domain.basis import Basis
from services.routing.domain.case import Candidate, Case, Facts, Findings, Owners, Reason
from services.routing.domain.decision import Decision, on_case
from services.routing.domain.life.matter import matter
from services.routing.domain.owners import body_id, unit_of
from services.routing.domain.suggest import Told, suggest
from shared.contracts.vocabulary import CaseState
from shared.units import UnitMap

__all__ = ["STAYING", "Choice", "Moment", "Told", "choose", "follow", "stale"]

STAYING: tuple[CaseState, ...] = ("noted", "spam", "closed", "withdrawn")
"""Cases that have come to their end: a change of the map leaves them with whom they were."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A person must say where a case goes: its unit was split. The most probable candidate first."""

    case_id: UUID
    from_unit: str
    candidates: tuple[Candidate, ...]


@dataclass(frozen=True, slots=True)
class Moment:
    """What a case is looked at by: rules and map, the instant, and its local day."""

    basis: Basis
    now: datetime
    today: date


def stale(case: Case, today: date, units: UnitMap) -> bool:
    """Whether a case that goes on does not stand where its unit is today."""
    facts = case.facts
    return facts.state not in STAYING and units.path(facts.unit or facts.path[0], today) != facts.path


def follow(case: Case, told: Told | None, parted: frozenset[str], at: Moment) -> Decision | Choice | None:
    """What the map of today makes of a case; None where it stays as it is.

    `parted`: units that go on but gave a part away since the case came to them. `told`: what its report says.
    """
    if case.facts.state in STAYING:
        return _recount(case, at)
    units, today, anchor = at.basis.units, at.today, case.facts.unit or case.facts.path[0]
    heirs = _heirs(units, anchor, today, parted)
    if len(heirs) != 1:
        return Choice(case.case_id, anchor, suggest(heirs, told, case.facts.channel, at.basis, today))
    (heir,) = heirs
    if units.path(heir, today) == case.facts.path:
        return _recount(case, at)
    return _move(case, heir, _reason(units, case.facts.path, heir, today, "map.chuyen-don-vi"), at)


def choose(case: Case, unit: str, by: str, at: Moment) -> Decision:
    """A person says where a case of a split unit goes. Raises LookupError for a unit that is not there."""
    if at.basis.units.unit(unit, at.today) is None:
        raise LookupError(f"no unit {unit} on {at.today}")
    reason = _reason(at.basis.units, case.facts.path, unit, at.today, "map.nguoi-chon")
    return replace(_move(case, unit, reason, at), by=by)


def _heirs(units: UnitMap, anchor: str, today: date, parted: frozenset[str]) -> dict[str, str]:
    """Where a unit lives on today, and how much of it is there; with what it gave away, if it did."""
    heirs: dict[str, str] = dict(units.present_of(anchor, today))
    if anchor in parted and anchor in heirs:
        for edge in units.successors(anchor, today):
            heirs |= {unit: "part" for unit, _ in units.present_of(edge.to_id, today) if unit not in heirs}
    return heirs


def _move(case: Case, unit: str, reason: Reason, at: Moment) -> Decision:
    was, basis = case.facts, at.basis
    path, then = basis.units.path(unit, at.today), _then(case, basis.units)
    there = replace(was, unit=unit if was.unit else None, path=path, path_then=then if then != path else None)
    owners = _owners(case, there, basis, at.today)
    facts = replace(there, listening_owner=owners.listening, resolving_owner=owners.resolving)
    moved = on_case(case, "Moved", facts, reasons=(reason, *owners.reasons), basis=basis, at=at.now)
    return replace(moved, audience=owners.audience, findings=_findings(case, path, basis.units))


def _recount(case: Case, at: Moment) -> Decision | None:
    """A change that was recorded late says that the case lay elsewhere on its report's date: it is counted
    there, and stays with whom it is."""
    facts, then, units = case.facts, _then(case, at.basis.units), at.basis.units
    if then == (facts.path_then or facts.path):
        return None
    recorded = max((row.recorded for step in then for row in units.history(step)), default=0)
    reason = _told_by(units, recorded, "map.dem-lai")
    counted = replace(facts, path_then=then if then != facts.path else None)
    return on_case(case, "Moved", counted, reasons=(reason,), basis=at.basis, at=at.now)


def _then(case: Case, units: UnitMap) -> tuple[str, ...]:
    """The path of the report's date as it is known now; as it was recorded, where nobody can say."""
    on, path = case.facts.report_date, case.facts.path_then or case.facts.path
    heirs = units.present_of(path[0], on)
    return units.path(heirs[0][0], on) if len(heirs) == 1 else path


def _owners(case: Case, there: Facts, basis: Basis, today: date) -> Owners:
    """Those of the new place; who was chosen beside the rules (a superior, after a return) keeps it."""
    at = matter(there, case.findings, basis, today)
    usual = assign(at, basis.registry, basis.units, basis.rules.version)
    kept = _along(case.facts.resolving_owner, case.facts.path, there.path, basis.units)
    owners = usual
    if case.facts.resolving_owner is None and usual.resolving is not None:
        rest = tuple(body for body in usual.audience if body != usual.resolving)
        owners = replace(usual, resolving=None, audience=rest)
    elif kept is not None and kept != usual.resolving:
        owners = entrust(at, kept, basis.registry, basis.units, basis.rules.version) or usual
    return _narrowed(owners, case, there, at, basis) if case.facts.restricted else owners


def _narrowed(owners: Owners, case: Case, there: Facts, at: Matter, basis: Basis) -> Owners:
    """Of a guarded case nobody learns who did not know: an owner who did not, leaves it to triage above."""
    knew = {_along(body, case.facts.path, there.path, basis.units) for body in case.audience}
    if {owners.listening, owners.resolving} - {None} <= knew:
        return replace(owners, audience=tuple(body for body in owners.audience if body in knew))
    unresolved = replace(at.nature, accused=None, accused_kind=None, involved=(), sensitive=True)
    return assign(replace(at, nature=unresolved), basis.registry, basis.units, basis.rules.version)


def _findings(case: Case, path: tuple[str, ...], units: UnitMap) -> Findings:
    """The findings with the bodies of the case's life as they are called at the new place."""
    life = case.findings.life
    if life.arbiter is None and not life.returned:
        return case.findings
    along = (_along(body, case.facts.path, path, units) for body in life.returned)
    arbiter = _along(life.arbiter, case.facts.path, path, units)
    return replace(
        case.findings, life=replace(life, arbiter=arbiter, returned=tuple(b for b in along if b is not None))
    )


def _along(body: str | None, was: Iterable[str], path: Iterable[str], units: UnitMap) -> str | None:
    """The body that takes another's place on a new path: of the same kind, at the unit of the same level.

    None where the path has no such level any more (a district). A body that sits elsewhere stays.
    """
    if body is None or unit_of(body) not in set(was):
        return body
    level = _level(units, unit_of(body))
    seat = next((step for step in path if _level(units, step) == level), None)
    return None if seat is None else body_id(body.partition("@")[0], seat)


def _level(units: UnitMap, unit_id: str) -> str | None:
    row = units.last(unit_id)
    return row.level if row else None


def _reason(units: UnitMap, was: tuple[str, ...], heir: str, today: date, rule: str) -> Reason:
    """The change that led from a path to a unit, by its document: the newest succession, or else the first
    step on the way up that lies below another unit than it did."""
    edges = [edge.recorded for edge in units.successors(was[0], today)] if heir != was[0] else []
    above = dict(zip(was, (*was[1:], None), strict=True))
    rows = (units.unit(step, today) for step in units.path(heir, today))
    turned = (row.recorded for row in rows if row is not None and row.parent != above.get(row.id))
    return _told_by(units, max(edges) if edges else next(turned, 0), rule)


def _told_by(units: UnitMap, version: int, rule: str) -> Reason:
    law = units.change(version).legal_basis if version else None
    return Reason(rule, f"map-{version}", law)
