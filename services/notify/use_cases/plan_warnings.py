"""Warnings: keep the view of their figures, plan who is told."""

from collections.abc import Callable, Sequence

from services.notify.domain import addressees
from services.notify.domain.addressees import WarningNotice
from services.notify.store import planning as store
from services.notify.use_cases.planning import RecipientCache, Work
from shared.contracts.events import WarningEvent, WarningRaised
from shared.database import Connection
from shared.messaging.received import Dead, Received, Verdict
from shared.units import UnitMap

_RAISED, _CLEARED = 1, 2
"""A warning is raised once and cleared once: the order stands in for a version."""


async def plan_warnings(
    tx: Connection,
    events: Sequence[Received[WarningEvent]],
    cache: RecipientCache,
    units: Callable[[], UnitMap],
) -> Sequence[Verdict | Dead]:
    """One verdict an event, in order."""
    directory = await cache.current(tx)
    versions = await store.warning_versions(tx, {received.event.warning_id for received in events})
    work = Work("warning", directory, versions, await store.planned_events(tx, "warning", versions))
    verdicts = []
    for received in events:
        event = received.event
        told = addressees.of_warning(_notice(event, units()))
        verdicts.append(work.take(received, event.warning_id, _version(event), told))
    known = [_known(event) for event in work.newest.values()]
    await store.replace_warnings(tx, known, work.stored & work.newest.keys())
    await work.write(tx)
    return verdicts


def _version(event: WarningEvent) -> int:
    return _RAISED if isinstance(event, WarningRaised) else _CLEARED


def _notice(event: WarningEvent, units: UnitMap) -> WarningNotice:
    # Without a path it is not known which unit is the province, which alone may know of restricted cases.
    path = event.path or (() if event.restricted else (event.unit,))
    seats = tuple(id_ for id_ in path if not _is_hamlet(id_, event, units))
    moment: addressees.WarningMoment = "raised" if isinstance(event, WarningRaised) else "cleared"
    return WarningNotice(moment, event.restricted, seats or path)


def _is_hamlet(unit_id: str, event: WarningEvent, units: UnitMap) -> bool:
    # A hamlet governs itself and has no authority: its commune is told.
    unit = units.unit(unit_id, event.window_end)
    return unit is not None and unit.level == "hamlet"


def _known(event: WarningEvent) -> store.KnownWarning:
    return store.KnownWarning(
        event.warning_id,
        _version(event),
        event.unit,
        event.category,
        event.restricted,
        event.window_start,
        event.window_end,
        getattr(event, "observed", 0),
        getattr(event, "expected", None),
    )
