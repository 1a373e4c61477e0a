"""Topics to use cases."""

from collections.abc import Sequence

from services.notify.use_cases.plan_cases import plan_cases
from services.notify.use_cases.plan_warnings import plan_warnings
from services.notify.use_cases.planning import RecipientCache
from shared.contracts.events import CaseEvent, WarningEvent
from shared.database import Connection
from shared.map_store import apply_map_changes
from shared.messaging.received import Dead, Received, Verdict
from shared.service import Service


def subscribe(service: Service) -> None:
    """Read the three topics; each keeps a directory of recipients of its own."""
    cases, warnings = RecipientCache(), RecipientCache()

    async def on_cases(tx: Connection, events: Sequence[Received[CaseEvent]]) -> Sequence[Verdict | Dead]:
        return await plan_cases(tx, events, cases)

    async def on_situation(
        tx: Connection, events: Sequence[Received[WarningEvent]]
    ) -> Sequence[Verdict | Dead]:
        return await plan_warnings(tx, events, warnings, lambda: service.map.current)

    service.consume("cases.events", on_cases)
    service.consume("situation.events", on_situation)
    service.consume("units.events", apply_map_changes)
