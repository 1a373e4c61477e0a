"""Topic to use case."""

from services.aggregation.use_cases.count import count_cases
from services.aggregation.wire import parse_case
from shared.map_store import apply_map_changes
from shared.messaging.batch import Handler


def handlers() -> dict[str, Handler]:
    """Read the cases to count them, and the map to know where they are; redrive uses the same."""
    return {"cases.events": Handler(count_cases, parse_case), "units.events": Handler(apply_map_changes)}
