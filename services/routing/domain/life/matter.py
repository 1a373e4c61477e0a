"""A standing case as the matter that `audience.py` judges: every later decision on owners asks it anew."""

from dataclasses import replace
from datetime import date

from services.routing.domain.audience import Matter
from services.routing.domain.basis import Basis
from services.routing.domain.case import Case, Facts, Findings, Nature


def matter_of(case: Case, basis: Basis, today: date) -> Matter:
    """What the audience of a case is decided on now.

    Bodies and units are those of `today`; a unit that is no longer valid (its case waits to be moved) counts
    as it was on the report's day. Raises LookupError without a home province.
    """
    return matter(case.facts, case.findings, basis, today)


def matter(facts: Facts, findings: Findings, basis: Basis, today: date) -> Matter:
    """As `matter_of`, for facts and findings that a case is about to have."""
    on = today
    path: tuple[str, ...] = ()
    if facts.unit is not None:
        path = basis.units.path(facts.unit, today)
        if not path:
            on, path = facts.report_date, basis.units.path(facts.unit, facts.report_date) or facts.path
    return Matter(
        category=facts.category,
        nature=nature_of(facts, findings),
        purpose=facts.purpose,
        organisation=facts.organisation,
        unit=facts.unit,
        path=path or (basis.home(on),),
        on=on,
    )


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
