"""What the text model is taught with."""

from collections.abc import Sequence

from deploy.cli.samples import CORPUS, HELD, TRAINING, Sample, samples
from services.routing.domain.linear import Weights
from services.routing.domain.ruleset import Rules


def all_samples() -> list[Sample]:
    """The sample corpus, the first of the held-out files, which rules were mended with, and the rest."""
    return [*samples(CORPUS), *samples(HELD["a"]), *samples(TRAINING)]


def taught(known: Sequence[Sample], rules: Rules) -> Weights:
    """The weights that these samples and the rules' phrases lead to (about a minute of CPU)."""
    from services.routing.model.train import lessons, train

    return train(lessons(((sample.report.text, sample.labels) for sample in known), rules))
