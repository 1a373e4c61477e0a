"""The whole evaluation: the corpus by cross-validation, what was held out as it is, pairs and cost."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from deploy.cli.evaluate.cost import Cost, cost
from deploy.cli.evaluate.folds import folds
from deploy.cli.evaluate.judge import Count, counted, judged, told_apart
from deploy.cli.evaluate.pairs import Pairs, pairs
from deploy.cli.evaluate.unseen import Unseen
from deploy.cli.predicting import Predicted, decided, incidents
from deploy.cli.samples import CORPUS, HELD, TRAINING, Sample, samples
from deploy.cli.teaching import taught
from services.routing.domain.basis import Basis
from services.routing.domain.linear import Linear


@dataclass(frozen=True, slots=True)
class Score:
    """One set of samples: how it was scored, its measures, its pairs.

    `apart`: by measure and id what the label says and what was decided.
    """

    name: str
    reports: int
    counts: Mapping[str, Count]
    pairs: Pairs
    apart: Mapping[str, Mapping[str, str]]


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that the page tells."""

    rules: str
    model: str
    scores: Sequence[Score]
    cost: Cost
    training: int
    """How many reports the model is taught with beside those that are scored."""


def evaluate(basis: Basis, say: Callable[[str], None]) -> Result:
    """Ten minutes of CPU; `say` hears of the progress."""
    corpus, held_a = samples(CORPUS), samples(HELD["a"])
    always = samples(TRAINING)
    crossed = _crossed([*corpus, *held_a], always, basis, say)
    seen = {sample.id for sample in corpus}
    scores = [
        _score("corpus", corpus, [one for one in crossed if one.id in seen], basis),
        _score("a", held_a, [one for one in crossed if one.id not in seen], basis),
    ]
    for name in ("b", "c"):
        held = samples(HELD[name])
        scores.append(_score(name, held, decided(((s.id, s.report) for s in held), basis), basis))
    return Result(basis.rules.version, basis.model.version, scores, cost(corpus, basis), len(always))


def _crossed(
    known: Sequence[Sample], always: Sequence[Sample], basis: Basis, say: Callable[[str], None]
) -> list[Predicted]:
    """Every sample, decided by rules and a model that have not seen its fold; all saw the training set."""
    unseen = Unseen(basis, known, lambda rest, rules: Linear(taught([*rest, *always], rules)))
    found: list[Predicted] = []
    made = folds(known)
    for number, fold in enumerate(made, start=1):
        without = unseen.without(set(fold))
        found += decided(((known[at].id, known[at].report) for at in fold), without)
        say(f"fold {number} of {len(made)}")
    return found


def _score(name: str, known: Sequence[Sample], found: Sequence[Predicted], basis: Basis) -> Score:
    by_id = {one.id: one for one in found}
    judgements = [(s.id, judged(s, by_id[s.id].decision, basis)) for s in known]
    apart: dict[str, dict[str, str]] = {}
    for sample in known:
        for measure, told in told_apart(sample, by_id[sample.id].decision, basis).items():
            apart.setdefault(measure, {})[sample.id] = told
    keys = incidents(found, basis)
    return Score(name, len(known), counted(judgements), pairs(known, keys), apart)
