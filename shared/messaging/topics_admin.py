"""The topics' table against the live cluster: the difference, and how to apply it."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from kafka import KafkaAdminClient
from kafka.admin import ConfigResource, ConfigResourceType

from shared.contracts.topics import MATTERS, TopicSpec


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which the cluster is not as the table says. `setting` is empty for a missing topic."""

    topic: str
    setting: str
    wanted: str
    found: str | None

    @property
    def matters(self) -> bool:
        """True where a service must not start: a missing topic, its partitions, or keeping."""
        return not self.setting or self.setting == "partitions" or self.setting in MATTERS

    def __str__(self) -> str:
        if not self.setting:
            return f"{self.topic}: missing"
        return f"{self.topic}: {self.setting} should be {self.wanted}, is {self.found}"


class TopicsRefused(Exception):
    """A change that could lose or reorder events; the message says what must be done first."""


def plan(admin: KafkaAdminClient, specs: Iterable[TopicSpec]) -> list[Difference]:
    """What differs, in the order of the table."""
    specs = list(specs)
    live = set(admin.list_topics())
    present = [spec for spec in specs if spec.name in live]
    found = _describe(admin, [spec.name for spec in present]) if present else {}
    differences = [Difference(spec.name, "", "present", None) for spec in specs if spec.name not in live]
    for spec in present:
        partitions, config = found[spec.name]
        if partitions != spec.partitions:
            differences.append(Difference(spec.name, "partitions", str(spec.partitions), str(partitions)))
        differences += [
            Difference(spec.name, name, value, config.get(name))
            for name, value in spec.config.items()
            if config.get(name) != value
        ]
    return differences


def _describe(admin: KafkaAdminClient, names: list[str]) -> dict[str, tuple[int, dict[str, str]]]:
    partitions = {t["name"]: len(t["partitions"]) for t in admin.describe_topics(names)}
    resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in names]
    described = admin.describe_configs(resources, config_filter="all")
    by_name: dict[str, Any] = next(iter(described.values()))
    return {
        name: (partitions[name], {key: str(data["value"]) for key, data in by_name[name].items()})
        for name in names
    }


def apply(
    admin: KafkaAdminClient,
    specs: Iterable[TopicSpec],
    *,
    drained: Callable[[str], bool],
    replication: int = 1,
) -> list[Difference]:
    """Make the cluster as the table says; returns what was changed.

    Raises TopicsRefused for fewer partitions, and for more partitions of a keyed topic while `drained(topic)`
    is False: a key would move to another partition and overtake itself.
    """
    by_name = {spec.name: spec for spec in specs}
    differences = plan(admin, by_name.values())
    for difference in differences:
        if difference.setting == "partitions":
            _refuse_unsafe(difference, drained)
    new = [by_name[d.topic] for d in differences if not d.setting]
    if new:
        wanted = {
            s.name: {"num_partitions": s.partitions, "replication_factor": replication, "configs": s.config}
            for s in new
        }
        admin.create_topics(wanted, wait_for_metadata=True)
    grown = {d.topic: int(d.wanted) for d in differences if d.setting == "partitions"}
    if grown:
        admin.create_partitions(grown)
    _set_configs(admin, [d for d in differences if d.setting not in ("", "partitions")])
    return differences


def _set_configs(admin: KafkaAdminClient, differences: list[Difference]) -> None:
    changed: dict[str, dict[str, str]] = {}
    for difference in differences:
        changed.setdefault(difference.topic, {})[difference.setting] = difference.wanted
    if changed:
        admin.alter_configs(
            [ConfigResource(ConfigResourceType.TOPIC, name, configs) for name, configs in changed.items()]
        )


def _refuse_unsafe(difference: Difference, drained: Callable[[str], bool]) -> None:
    if int(difference.wanted) < int(difference.found or 0):
        raise TopicsRefused(f"{difference}: partitions can't be taken away")
    if not drained(difference.topic):
        raise TopicsRefused(
            f"{difference}: an outbox or a consumer still has events of it; wait until lag is 0"
        )
