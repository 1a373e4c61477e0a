"""A standing case as the matter that `audience.py` judges: every later decision on owners asks it anew."""

from dataclasses import replace
from datetime import date, timedelta

from services.routing.domain.audience import Matter
from services.routing.domain.basis import Basis
from services.routing.domain.case import Case, Facts, Findings, Nature
from shared.units import UnitMap


def matter_of(case: Case, basis: Basis, today: date) -> Matter:
    """What the audience of a case is decided on now.

    Bodies and units are those of `today`; a unit that is no longer valid (its case waits to be moved) counts
    as it was on the report's day, or on its last one. Raises LookupError without a home province.
    """
    return matter(case.facts, case.findings, basis, today)


def matter(facts: Facts, findings: Findings, basis: Basis, today: date) -> Matter:
    """As `matter_of`, for facts and findings that a case is about to have."""
    on = today
    path: tuple[str, ...] = ()
    if facts.unit is not None:
        path = basis.units.path(facts.unit, today)
        if not path:
            on = _then(facts.unit, facts.report_date, basis.units)
            path = basis.units.path(facts.unit, on) or facts.path
    return Matter(
        category=facts.category,
        nature=nature_of(facts, findings),
        purpose=facts.purpose,
        organisation=facts.organisation,
        unit=facts.unit,
        path=path or (basis.home(on),),
        on=on,
    )


def _then(unit: str, on: date, units: UnitMap) -> date:
    """The report's day; the unit's last one, where the change that ended it was recorded late."""
    row = units.last(unit)
    if units.unit(unit, on) is not None or row is None or row.valid_to is None:
        return on
    return row.valid_to - timedelta(days=1)


def nature_of(facts: Facts, findings: Findings) -> Nature:
    """The nature that a case was given: what its facts say, and what guards it.

    A case that was restricted stays so whatever of it was kept: only a person's word lifts that.
    """
    guard = findings.guard
    nature = Nature(
        legal_kind=facts.legal_kind,
        severity=facts.severity,
        level=facts.level,
        flags=facts.flags,
        sensitive=guard.sensitive,
        party=guard.party,
        accused=findings.accused,
        accused_kind=guard.accused_kind,
        reasons=(),
        involved=guard.involved,
        named=guard.named,
    )
    return replace(nature, sensitive=True) if facts.restricted else nature
