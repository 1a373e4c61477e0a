"""On what it was measured: figures of one machine are ratios on another."""

import os
import platform
from datetime import UTC, datetime
from typing import Any

import psutil


def described() -> dict[str, Any]:
    """CPUs, memory, load at the start (one minute), Python, and when."""
    return {
        "cpus": os.cpu_count(),
        "memory_mb": psutil.virtual_memory().total // (1024 * 1024),
        "load_before": round(psutil.getloadavg()[0], 2),
        "system": platform.platform(),
        "python": platform.python_version(),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "durability": "fsync, synchronous_commit, full_page_writes on; acks=all; read_committed",
    }
