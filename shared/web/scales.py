"""Scales of drawings: classes of a choropleth and ticks of an axis. Pure arithmetic."""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import ceil, floor, inf, log10


@dataclass(frozen=True, slots=True)
class Classes:
    """Classes of values in rising order, each from its smallest to its largest value that occurs.

    Bounds are observed values, so a legend says nothing that is not on the map.
    """

    bounds: tuple[tuple[float, float], ...]

    def index(self, value: float) -> int:
        """The first class whose upper bound is not below the value; the last one takes what is above."""
        return min(bisect_left([high for _, high in self.bounds], value), len(self.bounds) - 1)


def quantile_classes(values: Iterable[float], count: int) -> Classes:
    """About as many units in each class; equal values are never parted, so there can be fewer classes."""
    ordered = sorted(values)
    cuts = (
        {ordered[ceil(len(ordered) * step / count) - 1] for step in range(1, count + 1)} if ordered else set()
    )
    return _classes(ordered, sorted(cuts))


def natural_classes(values: Iterable[float], count: int) -> Classes:
    """The classes with the least variance inside them (Fisher 1958, Jenks 1967), by dynamic programming.

    O(count * n^2) for n different values: for some hundreds of units, not for thousands.
    """
    ordered = sorted(values)
    distinct = sorted(set(ordered))
    if len(distinct) <= count:
        return _classes(ordered, distinct)
    weights = [ordered.count(value) for value in distinct]
    starts = _least_variance_starts(distinct, weights, count)
    return _classes(ordered, [distinct[start - 1] for start in starts[1:]] + [distinct[-1]])


def _least_variance_starts(values: Sequence[float], weights: Sequence[int], count: int) -> list[int]:
    """Indexes at which the `count` best classes of the weighted values begin."""
    variance = _variance_between(values, weights)
    size = len(values)
    best = [variance(0, end) for end in range(1, size + 1)]
    cuts: list[list[int]] = []
    for classes in range(2, count + 1):
        row, cut = [inf] * size, [0] * size
        for end in range(classes, size + 1):
            row[end - 1], cut[end - 1] = min(
                (best[start - 1] + variance(start, end), start) for start in range(classes - 1, end)
            )
        best = row
        cuts.append(cut)
    starts, end = [0], size
    for cut in reversed(cuts):
        end = cut[end - 1]
        starts.insert(1, end)
    return starts


def _variance_between(values: Sequence[float], weights: Sequence[int]) -> Callable[[int, int], float]:
    """Sum of squared distances from their mean of values[start:end], in constant time by running sums."""
    weighted = list(zip(values, weights, strict=True))
    n = [0, *accumulate(weights)]
    total = [0.0, *accumulate(value * weight for value, weight in weighted)]
    squares = [0.0, *accumulate(value * value * weight for value, weight in weighted)]

    def variance(start: int, end: int) -> float:
        amount = total[end] - total[start]
        return squares[end] - squares[start] - amount * amount / (n[end] - n[start])

    return variance


def _classes(ordered: Sequence[float], uppers: Sequence[float]) -> Classes:
    bounds = []
    start = 0
    for upper in uppers:
        bounds.append((ordered[start], upper))
        while start < len(ordered) and ordered[start] <= upper:
            start += 1
    return Classes(tuple(bounds))


def ticks(largest: float, about: int = 4) -> list[float]:
    """Round numbers from 0 to at least `largest`: by 1, 2 or 5 times a power of ten."""
    if largest <= 0:
        return [0, 1]
    rough = largest / about
    power = 10.0 ** floor(log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough * 0.999)
    if largest >= about:
        step = max(1.0, step)
    return [round(step * i, 10) for i in range(ceil(largest / step - 1e-9) + 1)]
