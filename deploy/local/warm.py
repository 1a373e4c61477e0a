"""The training run that makes the JVM's ahead-of-time cache, once for a machine."""

import logging
import tempfile
from pathlib import Path

from deploy.local import jars, jvm
from deploy.local.files import exclusive
from deploy.local.kafka import Kafka

# Writing the cache takes some 7 s after the broker has stopped; more on a busy machine.
STOP_S = 120.0

log = logging.getLogger(__name__)


def ensure_trained(progress: jars.Progress | None = None) -> None:
    """Make the cache if it is missing: some 10 s, once. Safe for several processes at once.

    A run that yields no cache is logged and does no harm: the broker then starts without one.
    """
    wanted = jvm.ahead_of_time_cache()
    if wanted.exists():
        return
    jars.class_path(progress=progress)
    with exclusive(wanted.with_suffix(".lock")):
        if not wanted.exists():
            _train(wanted)


def _train(wanted: Path) -> None:
    """Start and stop a broker that records what it loads; it writes the cache when it ends."""
    log.info("training the JVM for Apache Kafka")
    with tempfile.TemporaryDirectory(dir=wanted.parent, prefix=".training-") as folder:
        made = Path(folder) / "made.aot"
        broker = Kafka(
            Path(folder) / "kafka", jvm_options=(f"-XX:AOTCacheOutput={made}",), die_with_parent=True
        )
        broker.start()
        broker.stop(STOP_S)
        if made.exists():
            made.replace(wanted)
        else:
            log.warning("the JVM wrote no ahead-of-time cache; Kafka starts without it, more slowly")
