"""The six topics as data: who writes, who reads, how many partitions, how long.

`langnghe topics plan|apply` compares this with the live cluster; services refuse to start when a topic that
they need is missing or differs in what matters (`MATTERS`).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from shared.contracts.events import Event
from shared.contracts.registry import EVENTS

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
MAX_MESSAGE_BYTES = 1_048_576
MATTERS = frozenset({"cleanup.policy", "retention.ms", "message.timestamp.type", "max.message.bytes"})


@dataclass(frozen=True, slots=True)
class TopicSpec:
    """One topic. `config` holds every setting that we decide, as Kafka spells it."""

    name: str
    keyed_by: str
    partitions: int
    producers: tuple[str, ...]
    consumers: tuple[str, ...]
    retention_ms: int
    """-1 keeps for ever."""
    extra: Mapping[str, str] = field(default_factory=dict)

    @property
    def config(self) -> dict[str, str]:
        return {
            "cleanup.policy": "delete",
            "retention.ms": str(self.retention_ms),
            "retention.bytes": "-1",
            "max.message.bytes": str(MAX_MESSAGE_BYTES),
            "message.timestamp.type": "LogAppendTime",
            **self.extra,
        }

    @property
    def events(self) -> tuple[type[Event], ...]:
        return tuple(e for e in EVENTS if e.topic == self.name)


_ALL = (
    TopicSpec(
        "reports.submitted",
        "source+id",
        6,
        ("upstream",),
        ("intake",),
        7 * DAY_MS,
        {"segment.ms": str(HOUR_MS)},
    ),
    TopicSpec("reports.events", "report id", 6, ("intake",), ("routing",), 30 * DAY_MS),
    TopicSpec("cases.events", "case id", 6, ("routing",), ("aggregation", "notify", "intake"), 30 * DAY_MS),
    TopicSpec("units.events", "map", 1, ("routing",), ("intake", "aggregation", "notify"), -1),
    TopicSpec("situation.events", "unit id", 3, ("aggregation",), ("notify",), 90 * DAY_MS),
    TopicSpec("notifications.events", "subject id", 3, ("notify",), ("routing",), 30 * DAY_MS),
)

TOPICS: Mapping[str, TopicSpec] = MappingProxyType({t.name: t for t in _ALL})


def consumed_by(service: str) -> tuple[TopicSpec, ...]:
    """The topics that a service reads, in the table's order."""
    return tuple(t for t in _ALL if service in t.consumers)


def group_of(service: str, topic: str) -> str:
    """One consumer group per (service, topic)."""
    return f"langnghe.{service}.{topic}"
