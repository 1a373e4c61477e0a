"""Samples in folds, those of one incident in one fold: a model must not see what it is scored on."""

from collections.abc import Sequence

from deploy.cli.samples import Sample

FOLDS = 10


def folds(samples: Sequence[Sample], count: int = FOLDS) -> list[list[int]]:
    """Places of the samples, in `count` folds of nearly one size; the same for the same samples."""
    groups: dict[str, list[int]] = {}
    for at, sample in enumerate(samples):
        groups.setdefault(sample.labels["incident"] or sample.id, []).append(at)
    made: list[list[int]] = [[] for _ in range(count)]
    for _, group in sorted(groups.items(), key=lambda item: (-len(item[1]), item[0])):
        min(made, key=len).extend(group)
    return [sorted(fold) for fold in made]
