"""CPU that decisions cost, in batches of 500 of which no two texts are alike."""

import gc
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from deploy.cli.samples import Sample
from services.routing.domain.basis import Basis
from services.routing.domain.case import Report
from services.routing.domain.decide import opened
from services.routing.domain.seen import see_all
from services.routing.domain.text import read

BATCH = 500
_BATCHES = 8


@dataclass(frozen=True, slots=True)
class Cost:
    """Microseconds of CPU a report: mean of the best and the median batch; its place alone, mean and p99."""

    best: float
    median: float
    place: float
    place_p99: float


def cost(samples: Sequence[Sample], basis: Basis) -> Cost:
    """Measured in this process; each text ends with a number of its own, so that none can be remembered."""
    reports = [_numbered(samples[at % len(samples)].report, at) for at in range(BATCH * _BATCHES)]
    _batch(reports[:BATCH], basis)
    gc.collect()
    gc.disable()
    try:
        batches = sorted(_batch(reports[at : at + BATCH], basis) for at in range(0, len(reports), BATCH))
        places = sorted(_place(report, basis) for report in reports)
    finally:
        gc.enable()
    return Cost(
        batches[0], batches[len(batches) // 2], sum(places) / len(places), places[int(0.99 * len(places))]
    )


def _batch(reports: Sequence[Report], basis: Basis) -> float:
    begun = time.process_time_ns()
    for report, seen in zip(reports, see_all(reports, basis), strict=True):
        opened(report, report.received_at, basis, seen)
    return (time.process_time_ns() - begun) / 1_000 / len(reports)


def _place(report: Report, basis: Basis) -> float:
    text = read(report.text)
    begun = time.process_time_ns()
    basis.gazetteer.place(text, report.place_hint, report.reporter_unit, report.channel, report.report_date)
    return (time.process_time_ns() - begun) / 1_000


def _numbered(report: Report, number: int) -> Report:
    return replace(report, text=f"{report.text} Lần gửi {number}.")
