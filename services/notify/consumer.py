"""Topics to use cases."""

from collections.abc import Sequence

from services.notify.use_cases.plan_cases import plan_cases
from services.notify.use_cases.plan_warnings import plan_warnings
from services.notify.use_cases.planning import RecipientCache
from services.notify.wire import CaseNews, parse_case
from shared.contracts.events import WarningEvent
from shared.database import Connection
from shared.map_store import MapHolder, apply_map_changes
from shared.messaging.batch import Handler
from shared.messaging.received import Dead, Received, Verdict


def handlers(units: MapHolder) -> dict[str, Handler]:
    """The three topics, each with a directory of recipients of its own; redrive uses the same."""
    cases, warnings = RecipientCache(), RecipientCache()

    async def on_cases(tx: Connection, events: Sequence[Received[CaseNews]]) -> Sequence[Verdict | Dead]:
        return await plan_cases(tx, events, cases)

    async def on_situation(
        tx: Connection, events: Sequence[Received[WarningEvent]]
    ) -> Sequence[Verdict | Dead]:
        return await plan_warnings(tx, events, warnings, lambda: units.current)

    return {
        "cases.events": Handler(on_cases, parse_case),
        "situation.events": Handler(on_situation),
        "units.events": Handler(apply_map_changes),
    }
