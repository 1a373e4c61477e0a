"""Topic to use case."""

from services.aggregation.use_cases.count import count_cases
from services.aggregation.wire import parse_case
from shared.map_store import apply_map_changes
from shared.service import Service


def subscribe(service: Service) -> None:
    """Read the cases to count them, and the map to know where they are."""
    service.consume("cases.events", count_cases, parse=parse_case)
    service.consume("units.events", apply_map_changes)
