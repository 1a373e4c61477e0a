"""Count a batch of cases."""

from collections.abc import Sequence

from services.aggregation import metrics
from services.aggregation.domain.counting import Counted, change
from services.aggregation.store import counts
from shared.database import Connection
from shared.messaging.received import Dead, Received, Verdict


async def count_cases(tx: Connection, events: Sequence[Received[Counted]]) -> Sequence[Verdict | Dead]:
    """Count each case by its highest version known; (case, version) is the natural key of the effect."""
    incoming = [received.event for received in events]
    stored = await counts.stored(tx, {case.case_id for case in incoming})
    result = change(stored, incoming)
    if result.new or result.changed:
        await counts.write_places(tx, (*result.new, *result.changed))
        await counts.write_cases(tx, result.new, result.changed)
        await counts.mark_dirty(tx, result.dirty)
        await counts.add_to_leaves(tx, result.delta)
    metrics.counted(result.new, result.changed)
    return [Verdict.FRESH if fresh else Verdict.DUPLICATE for fresh in result.fresh]
