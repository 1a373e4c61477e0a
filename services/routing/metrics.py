"""Routing's own metrics; those of batches, lag and outbox are in `shared/telemetry.py`."""

from prometheus_client import Counter, Gauge

CASES = Counter("langnghe_cases_opened_total", "Cases opened", ("state", "level"))
PARKED_AGE = Gauge("langnghe_parked_oldest_seconds", "How long the oldest parked command has waited")
