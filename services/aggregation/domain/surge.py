"""Surges by EARS C2: a day whose count its own recent past does not explain. Pure.

Source: L. Hutwagner, W. Thompson, G. M. Seeman, T. Treadwell, "The bioterrorism preparedness and response
Early Aberration Reporting System (EARS)", Journal of Urban Health 80(2), suppl. 1, 2003. C2: the seven days
that end three days before the day itself (a lag of two), mean plus three standard deviations.

Silence is calm only where somebody was listening. In the first days of operation, and after an outage, a
series has no cases because none could come in, and the method would take the next ordinary day for a surge.
So a day is read only if most days of its baseline were heard: days on which the whole province had some
cases, whatever they were about. It takes several cases on several days, since a report may be dated back: one
of 2024 does not make the months since then calm.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, stdev
from uuid import UUID, uuid5

_NAMESPACE = UUID("6f0c1a52-6f43-5d4e-9a3a-1d6c5b1c2f70")


@dataclass(frozen=True, slots=True)
class Detector:
    """`minimum`: fewer cases than this are no surge. `least_sd`: a baseline of equal days would otherwise
    make a surge of any one more; half a case a day is our choice. `heard`: cases a day in the province that
    show that the system was listening; one alone may be a stray. `days_heard`: so many days of a baseline
    must be heard; the others may be holidays."""

    baseline: int = 7
    lag: int = 2
    deviations: float = 3.0
    minimum: int = 5
    least_sd: float = 0.5
    heard: int = 2
    days_heard: int = 5

    @property
    def name(self) -> str:
        return f"ears-c2:{self.baseline}:{self.lag}:{self.deviations}"

    @property
    def reach(self) -> int:
        """How many days before a day are looked at."""
        return self.baseline + self.lag


@dataclass(frozen=True, slots=True)
class Reading:
    """What the detector says of one day. `expected` and `threshold` are cases a day."""

    observed: int
    expected: float
    threshold: float
    surge: bool


def read(baseline: Sequence[int], observed: int, detector: Detector) -> Reading:
    """Compare a day's count with the counts of its baseline days."""
    expected = fmean(baseline)
    threshold = expected + detector.deviations * max(stdev(baseline), detector.least_sd)
    surge = observed >= detector.minimum and observed > threshold
    return Reading(observed, expected, threshold, surge)


def days_heard(province: Mapping[date, int], detector: Detector) -> frozenset[date]:
    """The days on which the system was listening. `province`: all cases of the whole province by day."""
    return frozenset(day for day, n in province.items() if n >= detector.heard)


def read_day(
    counts: Mapping[date, int], day: date, heard: AbstractSet[date], detector: Detector
) -> Reading | None:
    """The reading of a day out of a series (a missing day is zero); None where too little of its baseline was
    heard to say what is usual."""
    days = [day - timedelta(days=detector.lag + i) for i in range(1, detector.baseline + 1)]
    if len(heard & set(days)) < detector.days_heard:
        return None
    return read([counts.get(d, 0) for d in days], counts.get(day, 0), detector)


@dataclass(frozen=True, slots=True, order=True)
class Series:
    """What is watched: cases of a category in a unit; those that only the province may see apart."""

    unit: str
    category: str
    restricted: bool


@dataclass(frozen=True, slots=True)
class Standing:
    """A warning that was raised and not cleared."""

    warning_id: UUID
    series: Series
    day: date


@dataclass(frozen=True, slots=True)
class Raised:
    """A day on which a series surged."""

    warning_id: UUID
    series: Series
    day: date
    reading: Reading


@dataclass(frozen=True, slots=True)
class Cleared:
    """`day` is the warning's own; `observed` is the count that told that it is over."""

    warning_id: UUID
    series: Series
    day: date
    observed: int


def warning_id(series: Series, day: date, detector: Detector) -> UUID:
    """The same warning always has the same id: (unit, category, window, detector) is its natural key."""
    return uuid5(
        _NAMESPACE, "|".join((series.unit, series.category, str(day), detector_of(series, detector)))
    )


def detector_of(series: Series, detector: Detector) -> str:
    """The detector's name; restricted cases are watched by one of their own."""
    return detector.name + (":restricted" if series.restricted else "")


Counts = Callable[[Series], Mapping[date, int]]


def raise_warnings(
    series: Sequence[Series],
    counts: Counts,
    days: Sequence[date],
    detector: Detector,
    *,
    heard: AbstractSet[date],
    known: frozenset[UUID],
) -> list[Raised]:
    """Warnings of these days that were never raised before."""
    found = []
    for one in series:
        for day in days:
            reading = read_day(counts(one), day, heard, detector)
            ident = warning_id(one, day, detector)
            if reading and reading.surge and ident not in known:
                found.append(Raised(ident, one, day, reading))
    return found


def clear_warnings(
    standing: Sequence[Standing], counts: Counts, today: date, heard: AbstractSet[date], detector: Detector
) -> list[Cleared]:
    """Warnings that no longer hold: the day itself was corrected, or a whole later day was calm again.

    Today is not whole; a low count in the morning is no calm. Nor is a day that cannot be read.
    """
    cleared = []
    for warning in standing:
        series = counts(warning.series)
        later = [warning.day + timedelta(days=i) for i in range(1, (today - warning.day).days)]
        if _surges(series, warning.day, heard, detector):
            calm = next((day for day in later if _is_calm(series, day, heard, detector)), None)
        else:
            calm = warning.day
        if calm is not None:
            cleared.append(Cleared(warning.warning_id, warning.series, warning.day, series.get(calm, 0)))
    return cleared


def _surges(counts: Mapping[date, int], day: date, heard: AbstractSet[date], detector: Detector) -> bool:
    reading = read_day(counts, day, heard, detector)
    return reading is not None and reading.surge


def _is_calm(counts: Mapping[date, int], day: date, heard: AbstractSet[date], detector: Detector) -> bool:
    reading = read_day(counts, day, heard, detector)
    return reading is not None and not reading.surge
