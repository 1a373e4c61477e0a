"""`docs/evaluation.md`: each measure with its goal, what was reached, and the reports that fail."""

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from deploy.cli.evaluate.judge import Count
from deploy.cli.evaluate.run import Result, Score

GOALS = (
    ("unit right", "unit right, of reports with one", ">= 0.93"),
    ("unit in first three", "right unit or among the first 3 candidates", ">= 0.98"),
    ("unit given and wrong", "a unit given and wrong", "<= 0.01"),
    ("category right", "category right", ">= 0.85"),
    ("category in first three", "category among the first 3", ">= 0.96"),
    ("severity 3 found", "severity 3 found", ">= 0.98"),
    ("severity exact", "exact severity", ">= 0.80"),
    ("legal kind", "legal kind", ">= 0.88"),
    ("level", "level", ">= 0.92"),
    ("accused found", "accused found", ">= 0.97"),
    ("accused guarded", "accused found or guarded all the same", ""),
    ("guarded without need", "guarded without need", ""),
    ("accused's unit an owner", "accused's unit an owner or told", "never"),
    ("broke a decision", "broke a decision", "never"),
)
_AMISS = frozenset(
    {"unit given and wrong", "guarded without need", "accused's unit an owner", "broke a decision"}
)
_CATEGORY = "category right"
_MOST = 15
_WHY = Path(__file__).parents[1] / "data" / "evaluation-why.md"
"""What was seen when failing reports were read, by hand."""
_HEAD = """# How well reports are understood
Made by `make evaluate`; do not edit. Rules {rules}, text model {model}.

All reports are invented; a label is the reading of whoever wrote the report, checked by no officer.

- **corpus**: {corpus} sample reports by cross-validation in ten folds, those of one incident in one fold.
  A fold is decided by a model that was trained without it, and by rules without every phrase that occurs
  among all samples only in that fold, whoever wrote it down. So little of a report's own words helps it.
- **a**: {a} reports by another writer, in the same folds. They were read when rules were mended.
- **b**: {b} reports by a third writer, whose texts nobody looked at, decided as the service would. They were
  scored after each step of the work, so they are no longer quite unseen.
- **c**: {c} reports by a fourth writer, made when the work on rules and model was nearly done, decided as the
  service would, and scored at the end only, three times, the last with the same decisions. They stand for
  reports to come. Where columns disagree, c is the one to believe.
- Beside these the model is taught with {training} reports by further writers
  (`deploy/cli/data/reports-train.jsonl`): all of them in every fold, none of them scored. How much rules and
  model count beside each other was chosen by the cross-validated figures of corpus and a, and so flatters
  these a little.

| measure | goal | corpus | a | b | c |
|---|---|---|---|---|---|
"""


def page(result: Result) -> str:
    """Markdown, the same for the same result but for the cost."""
    sizes = {score.name: score.reports for score in result.scores}
    lines = [
        _HEAD.format(rules=result.rules, model=result.model, training=result.training, **sizes).rstrip("\n")
    ]
    for key, name, goal in GOALS:
        cells = " | ".join(_cell(score.counts[key]) for score in result.scores)
        lines.append(f"| {name} | {goal} | {cells} |")
    for name, goal, of in (("precision", ">= 0.97", "linked"), ("recall", ">= 0.85", "same")):
        cells = " | ".join(
            f"{getattr(s.pairs, name):.3f} ({s.pairs.both} of {getattr(s.pairs, of)})" for s in result.scores
        )
        lines.append(f"| incident pairs: {name} | {goal} | {cells} |")
    lines += ["", *_cost(result), "", "## Why reports fail", _WHY.read_text(), *_confused(result.scores)]
    lines += ["", "## Reports that fail", "Label → decision.", *_failures(result.scores)]
    return "\n".join(lines) + "\n"


def _cell(count: Count) -> str:
    return f"{count.share:.3f} ({count.right} of {count.of})"


def _cost(result: Result) -> Iterable[str]:
    cost = result.cost
    yield (
        "All decisions on a report, in batches of 500 of which no two texts are alike, cost "
        f"{cost.median:.0f} us of CPU (median batch; the best {cost.best:.0f}; goal 150). "
        f"The place alone: mean {cost.place:.0f} us (goal 60), p99 {cost.place_p99:.0f} us (goal 300). "
        "The figures are of the run and the machine that made this page."
    )


def _failures(scores: Sequence[Score]) -> Iterable[str]:
    for score in scores:
        yield f"### {score.name}"
        for key, name, _ in GOALS:
            count = score.counts[key]
            wrong = count.holding if key in _AMISS else count.failing
            told = score.apart.get(key, {})
            if wrong:
                yield f"- {name}: {', '.join(f'{i} ({told[i]})' if i in told else i for i in wrong)}"


def _confused(scores: Sequence[Score]) -> Iterable[str]:
    """The mix-ups that are most frequent, over all sets."""
    yield "The most frequent mix-ups of categories (label → decision), over all sets:"
    found = Counter(score.apart[_CATEGORY][i] for score in scores for i in score.counts[_CATEGORY].failing)
    yield "; ".join(f"{told} {many}" for told, many in sorted(found.items(), key=_by_count)[:_MOST]) + "."


def _by_count(pair: tuple[str, int]) -> tuple[int, str]:
    return -pair[1], pair[0]
