"""Logs, metrics and health: what an operator sees of a process.

Logs are JSON lines (structlog) without personal data; metrics follow Prometheus naming; `/livez` says the
process turns, `/readyz` that it can do its work now and, if not, what is missing.
"""

from shared.telemetry.after_commit import after_commit, held_until_commit
from shared.telemetry.health import Health, NotReady
from shared.telemetry.logs import configure_logs

__all__ = ["Health", "NotReady", "after_commit", "configure_logs", "held_until_commit"]
