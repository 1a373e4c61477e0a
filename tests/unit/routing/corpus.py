"""The labelled sample reports, decided once, and how the decisions compare with the labels."""

from functools import cache

from deploy.cli.evaluate.judge import counted, judged
from deploy.cli.samples import Sample, samples
from services.routing.domain.case import Report
from services.routing.domain.decide import open_case
from services.routing.domain.decision import Decision
from tests.unit.routing.ground import basis


@cache
def known() -> tuple[tuple[Sample, Decision], ...]:
    return tuple((s, open_case(s.report, s.report.received_at, basis())) for s in samples())


def reports() -> list[tuple[Report, dict]]:
    """Each sample as a report, with its labels."""
    return [(sample.report, sample.labels) for sample in samples()]


def decided() -> tuple[tuple[Report, dict, Decision], ...]:
    return tuple((sample.report, sample.labels, decision) for sample, decision in known())


def measures() -> dict[str, float]:
    """Shares (0..1) of the reports that each statement of the evaluation holds of."""
    counts = counted((sample.id, judged(sample, decision, basis())) for sample, decision in known())
    return {name: count.share for name, count in counts.items()}
