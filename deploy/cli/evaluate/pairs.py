"""Incidents judged by pairs: of two reports that share a key, do they share it by the labels too?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from deploy.cli.samples import Sample


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of reports: linked by us, the same by the labels, and both."""

    linked: int
    same: int
    both: int

    @property
    def precision(self) -> float:
        """0..1; 1 if nothing was linked."""
        return self.both / self.linked if self.linked else 1.0

    @property
    def recall(self) -> float:
        """0..1; 1 if there is nothing to link."""
        return self.both / self.same if self.same else 1.0


def pairs(samples: Sequence[Sample], keys: Mapping[str, str]) -> Pairs:
    """`keys`: the incident that each sample's id was given."""
    linked = _pairs({sample.id: keys[sample.id] for sample in samples})
    same = _pairs({s.id: s.labels["incident"] for s in samples if s.labels["incident"]})
    return Pairs(len(linked), len(same), len(linked & same))


def _pairs(keys: Mapping[str, str]) -> set[tuple[str, str]]:
    groups: dict[str, list[str]] = {}
    for one, key in sorted(keys.items()):
        groups.setdefault(key, []).append(one)
    return {pair for group in groups.values() for pair in combinations(group, 2)}
