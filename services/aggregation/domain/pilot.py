"""The pilot of 2024 beside the rest of the province: which communes were part of it when, and what was heard.

A commune belongs to the pilot while it is marked on the map; its hamlets belong with it. Without counts of
residents, what can be compared is opinions a commune, and how many requests were answered. Pure.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from shared.contracts.vocabulary import CaseState
from shared.units import Unit, UnitMap

ANSWERED: frozenset[CaseState] = frozenset({"answered", "told", "closed"})
"""Of a request: its reporter has an answer, or will be told it."""
NOT_HEARD: frozenset[CaseState] = frozenset({"spam", "withdrawn"})
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Span:
    """Days on which the same communes took part, both included. `pilot`, `rest`: ids of communes; with
    `_units`: and of all that ever lay below them."""

    first: date
    last: date
    pilot: frozenset[str]
    rest: frozenset[str]
    pilot_units: frozenset[str]
    rest_units: frozenset[str]


@dataclass(frozen=True, slots=True)
class Side:
    """The pilot or the rest. `communes`: how many took part on the last day. `answered`: of the requests."""

    communes: int
    opinions: int
    observations: int
    requests: int
    answered: int

    @property
    def per_commune(self) -> float | None:
        """Opinions a commune; None without communes."""
        return self.opinions / self.communes if self.communes else None

    @property
    def share_answered(self) -> float | None:
        """Of the requests (0..1); None without requests."""
        return self.answered / self.requests if self.requests else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Both sides, and `elsewhere`: opinions whose commune is not known."""

    pilot: Side
    rest: Side
    elsewhere: int


Row = tuple[str, str, str, int]
"""(unit of then, purpose, state, count)"""


def spans(units: UnitMap, province: str, first: date, last: date) -> list[Span]:
    """The period cut where communes began, ended, or were marked. `province`: the id of today."""
    lineage = {province, *(edge.from_id for edge in units.predecessors(province, date.max))}
    communes = {u for p in lineage for u in units.ever_below(p)}
    rows = [row for unit in communes for row in units.history(unit) if row.level == "commune"]
    cuts = {day for row in rows for day in (row.valid_from, row.valid_to) if day and first < day <= last}
    starts = sorted({first, *cuts})
    ends = [*(day - _DAY for day in starts[1:]), last]
    return [_span(units, rows, *pair) for pair in zip(starts, ends, strict=True)]


def _span(units: UnitMap, rows: Iterable[Unit], first: date, last: date) -> Span:
    begun = sorted((row for row in rows if row.valid_from <= first), key=lambda row: row.valid_from)
    # A former commune still counts on the side where it was last: its cases wait to be placed.
    latest = {row.id: row for row in begun}
    pilot = frozenset(row.id for row in latest.values() if row.pilot)
    there = frozenset(row.id for row in begun if row.valid_at(first))
    rest = latest.keys() - pilot
    return Span(
        first,
        last,
        there & pilot,
        there - pilot,
        _with_below(units, pilot),
        _with_below(units, frozenset(rest)),
    )


def _with_below(units: UnitMap, communes: frozenset[str]) -> frozenset[str]:
    return communes.union(*(units.ever_below(unit) for unit in communes))


def compare(found: Sequence[tuple[Span, Iterable[Row]]]) -> Comparison:
    """Sum what was counted in each span; the last says how many communes there are."""
    sums = {side: Counter[str]() for side in ("pilot", "rest", "elsewhere")}
    for span, rows in found:
        for unit, purpose, state, n in rows:
            side = "pilot" if unit in span.pilot_units else "rest" if unit in span.rest_units else "elsewhere"
            if state not in NOT_HEARD:
                sums[side][purpose] += n
            if purpose == "request" and state in ANSWERED:
                sums[side]["answered"] += n
    last = found[-1][0]
    return Comparison(
        _side(len(last.pilot), sums["pilot"]),
        _side(len(last.rest), sums["rest"]),
        sums["elsewhere"]["request"] + sums["elsewhere"]["observation"],
    )


def _side(communes: int, sums: Mapping[str, int]) -> Side:
    requests, observations = sums["request"], sums["observation"]
    return Side(communes, requests + observations, observations, requests, sums["answered"])
