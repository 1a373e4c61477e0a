"""Who stands above the bodies of a case: the nearest authority common to them, and the one a level up.

On the way up stand the people's committees of the case's units: of the commune (over its own departments), of
the district until 2025-07-01, of the province. `audience.py` has the last word on each.
"""

from collections.abc import Iterable, Iterator

from services.routing.domain.audience import Matter, entrust, guarded
from services.routing.domain.basis import Basis
from services.routing.domain.case import Owners
from services.routing.domain.owners import body_id, unit_of

_AUTHORITY = "ubnd"
_GUARDED = ("ubnd", "cong_an", "thanh_tra", "uy_ban_kiem_tra")
"""Who of the province may take a guarded case over, in this order."""


def common_superior(matter: Matter, bodies: Iterable[str], basis: Basis) -> Owners | None:
    """The owners with the nearest superior that all these bodies have in common; None if there is none."""
    below = frozenset(bodies)
    return _first(matter, (b for b in _upwards(matter, below) if b not in below), basis)


def level_up(matter: Matter, body: str, basis: Basis) -> Owners | None:
    """The owners with the superior of the next level above a body's own; None at the top."""
    seat = unit_of(body)
    above = (b for b in _upwards(matter, frozenset({body})) if b != body and unit_of(b) != seat)
    found = _first(matter, above, basis)
    if found is None and seat == matter.path[-1]:
        return common_superior(matter, (body,), basis)
    return found


def _upwards(matter: Matter, below: frozenset[str]) -> Iterator[str]:
    """Authorities of the case's units at or above all these bodies' seats, the nearest first."""
    place = {unit: at for at, unit in enumerate(matter.path)}
    top = len(matter.path) - 1
    start = max((place.get(unit_of(body), top) for body in below), default=0)
    for unit in matter.path[start:]:
        yield body_id(_AUTHORITY, unit)
    if guarded(matter):
        yield from (body_id(kind, matter.path[-1]) for kind in _GUARDED)


def _first(matter: Matter, candidates: Iterable[str], basis: Basis) -> Owners | None:
    asked = (entrust(matter, b, basis.registry, basis.units, basis.rules.version) for b in candidates)
    return next((owners for owners in asked if owners is not None), None)
