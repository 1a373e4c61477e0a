"""Whose a case is after a person decided what it is, and whether it still waits for a person."""

from dataclasses import replace
from datetime import date

from services.routing.domain.audience import Matter, assign, entrust, guarded, resolved
from services.routing.domain.basis import Basis
from services.routing.domain.case import Case, Owners, TriageCause
from services.routing.domain.life.matter import matter_of
from services.routing.domain.life.record import Life
from services.routing.domain.superiors import common_superior
from shared.contracts.vocabulary import CaseState

_UNHELD: tuple[CaseState, ...] = ("returned", "disputed")
"""Where nobody has to settle a case for the moment: the listening owner forwards it."""
_NOT_PLACED: tuple[TriageCause, ...] = ("place", "outside", "dated", "error")


def owners_after(case: Case, about: Matter, life: Life, basis: Basis, today: date) -> tuple[Owners, Life]:
    """Whose it is now: the same body's unless the rules name another one; and what that does to its life."""
    usual = assign(about, basis.registry, basis.units, basis.rules.version)
    before = assign(matter_of(case, basis, today), basis.registry, basis.units, basis.rules.version)
    if before.resolving == usual.resolving and (kept := _kept(case, about, usual, basis)) is not None:
        return kept, life
    if life.arbiter is not None and (again := _entrust(about, life.arbiter, basis)) is not None:
        return again, life
    life = replace(life, arbiter=None)
    if usual.resolving not in life.returned:
        return usual, life
    superior = common_superior(about, life.returned, basis)
    if superior is None:
        others = tuple(body for body in usual.audience if body != usual.resolving)
        return replace(usual, resolving=None, audience=others), life
    return superior, replace(life, arbiter=superior.resolving)


def _kept(case: Case, about: Matter, usual: Owners, basis: Basis) -> Owners | None:
    """The owners as they are, if they may be; of a case that nobody has at the moment, nobody."""
    holder, arbiter = case.facts.resolving_owner, case.findings.life.arbiter
    if holder is None:
        others = tuple(body for body in usual.audience if body != usual.resolving)
        return replace(usual, resolving=None, audience=others) if case.facts.state in _UNHELD else None
    owners = _entrust(about, holder, basis)
    if owners is None or arbiter is None or _entrust(about, arbiter, basis) is None:
        return owners
    return replace(owners, audience=tuple(dict.fromkeys((*owners.audience, arbiter))))


def _entrust(about: Matter, body: str, basis: Basis) -> Owners | None:
    return entrust(about, body, basis.registry, basis.units, basis.rules.version)


def cause_after(case: Case, about: Matter, owners: Owners) -> TriageCause | None:
    """Why a person must look again, if one must."""
    if guarded(about) and not resolved(about):
        return "accused"
    if about.unit is None and case.findings.triage in _NOT_PLACED:
        return case.findings.triage
    if owners.resolving is None and about.purpose == "request" and case.facts.state not in _UNHELD:
        return "owner"
    return None
