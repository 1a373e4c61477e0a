"""What the text model is taught with."""

from collections.abc import Sequence

from deploy.cli.samples import CORPUS, HELD, Sample, samples
from services.routing.domain.linear import Weights
from services.routing.domain.ruleset import Rules


def all_samples() -> list[Sample]:
    """The sample corpus and the first of the held-out files, which rules were mended with."""
    return [*samples(CORPUS), *samples(HELD["a"])]


def taught(known: Sequence[Sample], rules: Rules) -> Weights:
    """The weights that these samples and the rules' phrases lead to (about ten seconds of CPU)."""
    from services.routing.model.train import lessons, train

    return train(lessons(((sample.report.text, sample.labels) for sample in known), rules))
