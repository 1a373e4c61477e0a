"""Which earlier case a report goes with: fingerprints, and the best group among bounded candidates."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from services.routing.domain.case import Facts, Findings
from services.routing.domain.incidents.grounds import Grounds
from services.routing.domain.incidents.phrases import Phrases
from services.routing.domain.incidents.prints import CHECKSUMS, Fingerprint, checksum
from services.routing.domain.incidents.rules import IncidentPeriod, IncidentRules
from services.routing.domain.incidents.score import Telling, score
from services.routing.domain.text import Text
from shared.contracts.vocabulary import Category, LegalKind

MOST_CANDIDATES = 200
"""However many reports a place has: what a report is compared with at most."""
_PROPOSALS: frozenset[LegalKind] = frozenset({"kien_nghi", "gop_y", "hoi_dap", "khen"})
_LEAST_SHARE = 0.05
_LIKELY = 0.25
_MOST_PLACES = 2
MatchKind = Literal["same", "suggested", "follow_up"]


@dataclass(frozen=True, slots=True)
class Compared:
    """A case as it is compared. `incident`: the one that it belongs to; `follow_up_of`: the earlier case that
    it goes on with."""

    case_id: UUID
    at: datetime
    print: Fingerprint
    incident: UUID | None = None
    follow_up_of: UUID | None = None

    @property
    def group(self) -> UUID:
        """What it stands for: its incident, or the case that an incident with it would be led by."""
        return self.incident or self.follow_up_of or self.case_id


@dataclass(frozen=True, slots=True)
class Match:
    """What a report goes with. `other` is the most alike of `group`'s cases; `shared` are checksums of the
    words that both use."""

    kind: MatchKind
    group: UUID
    other: Compared
    score: float
    shared: frozenset[int]


class Matching:
    """The rules of incidents made ready. Pure: what it remembers is only what it worked out before."""

    def __init__(self, rules: IncidentRules) -> None:
        self.rules = rules
        self._telling = Telling(
            {checksum(word): told for word, told in rules.words.items()}, rules.unknown_word
        )
        self._matters = Phrases((phrase, checksum(matter)) for phrase, matter in rules.matters)
        self._follows = Phrases((phrase, True) for phrase in rules.follow_ups)
        self._others = Phrases((phrase, True) for phrase in rules.others)

    def fingerprint(
        self, text: Text, facts: Facts, findings: Findings, grounds: Grounds, unit: str
    ) -> Fingerprint:
        """What a report is compared by as one of `unit`, which it is in or may be in."""
        named = grounds.read(text, grounds.place(unit), unit)
        return Fingerprint(
            words=frozenset(CHECKSUMS[word] for word in _parted(named.words)),
            matters=self._matters.find(text),
            spots=frozenset(map(checksum, named.spots)),
            topics=_topics(facts.category, findings.runner_ups),
            severity=facts.severity,
            proposal=facts.legal_kind in _PROPOSALS,
            sure=facts.unit is not None,
            other=bool(self._others.find(text)),
            follows=bool(self._follows.find(text)),
        )

    def told_by(self, word: int) -> float:
        """How much a word (its checksum) tells of which matter it is."""
        return self._telling.words.get(word, self._telling.unknown)

    def reach(self, print_: Fingerprint, on: date) -> timedelta:
        """How far back a report's candidates may lie."""
        period = self.rules.on(on)
        return timedelta(days=period.follow_up_days if print_.follows else period.window_days)

    def match(self, new: Compared, candidates: Sequence[Compared], on: date) -> Match | None:
        """What a report goes with, if anything: the group of cases that most speaks for. `on`: its date."""
        if new.print.other:
            return None
        period = self.rules.on(on)
        reach = self.reach(new.print, on)
        near = [c for c in candidates if abs(new.at - c.at) <= reach and c.case_id != new.case_id]
        best = self._best(new, _nearest(new, near), period)
        if best is None:
            return None
        if new.print.follows and best.score >= period.follow_up and best.other.at < new.at:
            return replace(best, kind="follow_up")
        if abs(new.at - best.other.at) > timedelta(days=period.window_days):
            return None
        if best.score >= period.link:
            return best
        return replace(best, kind="suggested") if best.score >= period.suggest else None

    def _best(self, new: Compared, near: Iterable[Compared], period: IncidentPeriod) -> Match | None:
        groups: dict[UUID, list[tuple[float, Compared]]] = {}
        for other in near:
            hours = abs((new.at - other.at).total_seconds()) / 3600
            told = score(new.print, other.print, hours, period.weights, self._telling)
            groups.setdefault(other.group, []).append((told, other))
        best: Match | None = None
        for group, members in groups.items():
            told, other = max(members, key=_by_score)
            # One case of many that looks alike is often chance: the others must not speak against it.
            mean = sum(score_ for score_, _ in members) / len(members)
            told -= period.weights["whole_group"] * (told - mean)
            if best is None or told > best.score:
                best = Match("same", group, other, told, new.print.words & other.print.words)
        return best


def _nearest(new: Compared, near: Sequence[Compared]) -> Sequence[Compared]:
    """The newest of the report's own category and the newest of others, half of the bound each."""
    if len(near) <= MOST_CANDIDATES:
        return near
    half = MOST_CANDIDATES // 2
    same = [c for c in near if c.print.category == new.print.category]
    others = [c for c in near if c.print.category != new.print.category]
    return [*same[-half:], *others[-half:]]


def units_of(facts: Facts, findings: Findings) -> tuple[str, ...]:
    """The units that a case is compared in: its own, or the likely ones of those where it may be."""
    if facts.unit is not None:
        return (facts.unit,)
    return tuple(c.unit for c in findings.candidates[:_MOST_PLACES] if c.probability >= _LIKELY)


def _topics(category: Category, runner_ups: Sequence[tuple[Category, float]]) -> dict[Category, float]:
    rest = dict(runner_ups[:3])
    return {**rest, category: max(_LEAST_SHARE, 1.0 - sum(rest.values()))}


def _parted(words: Iterable[str]) -> Iterable[str]:
    """The words, and the number alone of one that carries a unit (`650k`, `1tr2`)."""
    for word in words:
        yield word
        if word[0].isdigit() and not word.isdigit():
            yield word[: next(at for at, char in enumerate(word) if not char.isdigit())]


def _by_score(pair: tuple[float, Compared]) -> float:
    return pair[0]
