"""Where a report is: names in the text, the hint, the reporter's unit and the date, weighed; never a guess.

Weights are log-odds from `rules/places.toml`. The probability of a candidate is its share against the others
and against "somewhere else"; a unit is given only from `sure` upwards, else the candidates in order.
"""

from bisect import bisect_right
from datetime import date
from math import exp

from services.routing.domain.case import Candidate, Place
from services.routing.domain.mentions import Mention, mentions
from services.routing.domain.names import Names, far_names, home_names, homes_on, index, turning_points
from services.routing.domain.outlines import Outlines
from services.routing.domain.ruleset import PlaceRules
from services.routing.domain.text import Text, read
from services.routing.domain.weights import Evidence, Scores, weigh
from shared.contracts.vocabulary import Channel
from shared.units import UnitMap

_MOST_CANDIDATES = 12
OUTLINED = date(2025, 7, 1)
"""The day from which the communes of the outlines are."""
Location = tuple[float, float]
"""Latitude and longitude, WGS84 degrees."""


class Gazetteer:
    """The names of every period of the map, indexed once for a version of the map and of the rules.

    `home`: official code, today, of the province that this installation serves.
    """

    __slots__ = ("_common", "_days", "_homes", "_names", "_outlines", "_rules", "_units")

    def __init__(
        self, rules: PlaceRules, units: UnitMap, home: str, outlines: Outlines | None = None
    ) -> None:
        self._rules = rules
        self._units = units
        self._outlines = outlines
        self._common = rules.common
        self._days = turning_points(units)
        far = far_names(units, rules, home, self._days)
        self._homes = tuple(homes_on(units, home, day, self._days) for day in self._days)
        self._names: tuple[Names, ...] = tuple(
            index((*home_names(units, rules, home, day, self._days), *far)) for day in self._days
        )

    def homes(self, on: date) -> tuple[str, ...]:
        """The home province's id on a date; before the merger those that became it, the name-giver first."""
        return self._homes[self._period(on)]

    def place(
        self,
        text: Text,
        hint: str | None,
        reporter_unit: str | None,
        channel: Channel,
        on: date,
        *,
        location: Location | None = None,
    ) -> Place:
        """Where a report is, with what speaks for it."""
        names = self._names[self._period(on)]
        in_text = tuple(mentions(text, names, self._common))
        in_hint: tuple[Mention, ...] = ()
        if hint:
            in_hint = tuple(mentions(read(hint), names, self._common, told_as_place=True))
        homes = self._reporters(reporter_unit, on) if reporter_unit else ()
        told = Evidence(text, in_text, in_hint, homes, channel)
        if location is not None and self._outlines is not None:
            told = told._replace(
                located=self._located(self._outlines.at(*location), on), far=self._outlines.far(*location)
            )
        return self._judge(weigh(told, self._rules.weights))

    def _located(self, codes: tuple[str, ...], on: date) -> tuple[tuple[str, ...], ...]:
        """The communes of the outlines as they are on a date: their heirs, or those they were made of."""
        found = []
        for code in codes:
            unit = self._units.by_code(code, OUTLINED, "commune")
            if unit is None:
                continue
            if on >= OUTLINED:
                found.append(tuple(heir for heir, _ in self._units.present_of(unit.id, on)))
            else:
                before = (edge.from_id for edge in self._units.predecessors(unit.id, OUTLINED))
                found.append(tuple(unit_id for unit_id in before if self._units.unit(unit_id, on)))
        return tuple(found)

    def _judge(self, scores: Scores) -> Place:
        if scores.outside:
            return Place(outside=True)
        if not scores.by_unit:
            return Place(whole=scores.whole)
        candidates = _shares(scores, self._rules.weights["elsewhere"])
        if candidates[0].probability >= self._rules.sure:
            return Place(candidates[0].unit, candidates)
        return Place(None, candidates)

    def _period(self, on: date) -> int:
        return max(0, bisect_right(self._days, on) - 1)

    def _reporters(self, code: str, on: date) -> tuple[str, ...]:
        """The reporter's commune by its code of today; on an earlier date the communes it was made of."""
        today = self._units.by_code(code, self._days[-1], "commune")
        if today is None:
            then = self._units.by_code(code, on, "commune")
            return (then.id,) if then else ()
        if self._units.unit(today.id, on):
            return (today.id,)
        earlier = (edge.from_id for edge in self._units.predecessors(today.id, self._days[-1]))
        return tuple(unit_id for unit_id in earlier if self._units.unit(unit_id, on))


def _shares(scores: Scores, elsewhere: float) -> tuple[Candidate, ...]:
    odds = {unit: exp(score) for unit, score in scores.by_unit.items()}
    total = sum(odds.values()) + exp(elsewhere)
    ranked = sorted(odds, key=lambda unit: -odds[unit])[:_MOST_CANDIDATES]
    return tuple(
        Candidate(unit, round(odds[unit] / total, 4), tuple(dict.fromkeys(scores.evidence.get(unit, ()))))
        for unit in ranked
    )
