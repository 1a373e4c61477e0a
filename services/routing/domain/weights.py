"""How mentions, hint and reporter's unit add up to scores (log-odds) of units."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from services.routing.domain.mentions import Mention
from services.routing.domain.text import Text
from shared.contracts.vocabulary import Channel

_COMMUNE_TYPES = frozenset({"xa", "phuong", "thi tran", "thon", "to dan pho"})
_REGION_TYPES = frozenset({"huyen", "thi xa", "thanh pho"})
_FAR_TYPES = frozenset({"huyen", "thi xa", "thanh pho", "quan"})
_BECAME = re.compile(r" (?:la|len|thanh|lap) (?:phuong|xa) ")
_BORDER = re.compile(r" (?:giap ranh|ranh gioi|hai (?:xa|phuong|ben)|noi \w+ \w+ voi) ")
_NETWORK: frozenset[Channel] = frozenset({"collaborator", "bulk"})


@dataclass(slots=True)
class Scores:
    """Units with their log-odds and what speaks for each."""

    by_unit: dict[str, float] = field(default_factory=dict)
    evidence: dict[str, list[str]] = field(default_factory=dict)
    outside: bool = False
    whole: bool = False

    def add(self, units: Iterable[str], weight: float, why: str) -> None:
        for unit in units:
            self.by_unit[unit] = self.by_unit.get(unit, 0.0) + weight
            self.evidence.setdefault(unit, []).append(why)

    def take_in(self, commune: str, hamlets: Iterable[str]) -> None:
        """A commune that is named beside hamlets of its own (`thôn ..., xã ...`) speaks for these."""
        weight, why = self.by_unit.pop(commune, 0.0), self.evidence.pop(commune, [])
        for hamlet in hamlets:
            self.by_unit[hamlet] += weight
            self.evidence[hamlet] += why

    def level_out(self) -> None:
        """All units named are equally meant."""
        most = max(self.by_unit.values(), default=0.0)
        self.by_unit = dict.fromkeys(self.by_unit, most)


class Sorted(NamedTuple):
    """Mentions by what they can be: exact places, regions, far places, the home province."""

    local: tuple[Mention, ...]
    regions: tuple[Mention, ...]
    far: tuple[Mention, ...]
    home: tuple[Mention, ...]


class Evidence(NamedTuple):
    """All that is told of a report's place; `reporters`: the reporter's commune on that date, or several.

    `located`: what the coordinates lie in, then what they are near to, each a unit or those it came from;
    `far`: they are outside the province.
    """

    text: Text
    in_text: tuple[Mention, ...]
    in_hint: tuple[Mention, ...]
    reporters: tuple[str, ...]
    channel: Channel
    located: tuple[tuple[str, ...], ...] = ()
    far: bool = False


def weigh(told: Evidence, weights: Mapping[str, float]) -> Scores:
    """Scores of the units that a report may be in."""
    text = told.text
    scores = Scores()
    said = _sort(told.in_text)
    hinted = _sort(told.in_hint)
    if (said.far or told.far) and not said.local and not hinted.local and not said.regions:
        scores.outside = True
        return scores
    local, regions = said.local, [*said.regions, *hinted.regions]
    if said.regions and _BECAME.search(f" {' '.join(text.keys)} "):
        # `Lạng Giang đã là phường`: the commune is meant, not the former district of that name.
        local = (*local, *(mention for mention in said.regions if not mention.typed))
    _exact(local, scores, weights, text)
    between = len(local) > 1 and _BORDER.search(f" {' '.join(text.keys)} ")
    if between:
        scores.level_out()
    else:
        _hints(hinted.local, scores, weights)
    _regions(regions, scores, weights)
    _located(told.located, scores, weights)
    if not between:
        _reporter(told.reporters, told.channel, scores, weights)
    scores.whole = not scores.by_unit and bool(said.home or hinted.home)
    return scores


_NOTHING = Sorted((), (), (), ())


def _sort(found: tuple[Mention, ...]) -> Sorted:
    if not found:
        return _NOTHING
    local: list[Mention] = []
    regions: list[Mention] = []
    far: list[Mention] = []
    home: list[Mention] = []
    bound = _bound_far(found)
    for mention in found:
        kinds = {name.kind for name in mention.names}
        if mention in bound or kinds <= {"far", "far_province"}:
            if "far_province" in kinds or mention in bound or mention.typed in _FAR_TYPES:
                far.append(mention)
        elif "home" in kinds and mention.typed not in _COMMUNE_TYPES:
            home.append(mention)
        elif "region" in kinds and mention.typed not in _COMMUNE_TYPES and not mention.market:
            regions.append(mention)
        else:
            local.append(mention)
    return Sorted(tuple(local), tuple(regions), tuple(far), tuple(home))


def _bound_far(found: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """A place directly before a far province (`xã Chi Lăng, tỉnh Lạng Sơn`) is there."""
    out: list[Mention] = []
    if len(found) < 2:
        return ()
    for mention, after in pairwise(found):
        far = any(name.kind == "far_province" for name in after.names)
        gap = after.start - len(after.typed.split()) - mention.end
        if far and gap <= 0 and not any(name.kind == "region" for name in mention.names):
            said = {name.words for name in mention.names}
            out.extend(other for other in found if said & {name.words for name in other.names})
    return tuple(out)


def _targets(mention: Mention) -> dict[str, float]:
    """Units that a mention can mean, with what to take off for the less likely reading.

    Of one spelling that is a present name and a former one, the present is meant unless `cũ` follows.
    """
    off: dict[str, float] = {}
    here = [name for name in mention.names if name.kind in ("commune", "former", "hamlet", "landmark")]
    spellings = [name.words for name in here]
    for name in here:
        unlikely = (name.kind == "former") != mention.former and spellings.count(name.words) > 1
        for unit in name.targets:
            off[unit] = min(off.get(unit, 9.0), 2.0 if unlikely else 0.0)
    return off


def _exact(local: tuple[Mention, ...], scores: Scores, weights: Mapping[str, float], text: Text) -> None:
    """The best mention of a unit counts in full, a further one adds a little."""
    best: dict[str, float] = {}
    times: dict[str, int] = {}
    for mention in local:
        weight = _weight(mention, text, weights)
        if mention.resident and len(local) > 1:
            weight -= weights["residence"]
        said = text.said(mention.start - len(mention.typed.split()), mention.end)
        for unit, off in _targets(mention).items():
            best[unit] = max(best.get(unit, 0.0), weight - off)
            times[unit] = times.get(unit, 0) + 1
            scores.add((unit,), 0.0, f"text:{said}")
    for unit, weight in best.items():
        scores.by_unit[unit] = weight + (weights["repeated"] if times[unit] > 1 else 0.0)
    if len(local) > 1:
        for commune, hamlets in _beside(local).items():
            scores.take_in(commune, hamlets)


def _beside(local: tuple[Mention, ...]) -> dict[str, dict[str, None]]:
    """The hamlets that are named, by their communes."""
    found: dict[str, dict[str, None]] = {}
    for mention in local:
        for name in mention.names:
            if name.within is not None:
                found.setdefault(name.within, {}).update(dict.fromkeys(name.targets))
    return found


def _weight(mention: Mention, text: Text, weights: Mapping[str, float]) -> float:
    if mention.typed in _COMMUNE_TYPES:
        # Far names come first only where none here is of the type that was said.
        return weights["typed_otherwise" if mention.names[0].kind == "far" else "typed"]
    if mention.names[0].kind == "landmark":
        return weights["landmark"]
    if text.marked:
        return weights["named"]
    return weights["plain_located"] if mention.located else weights["plain"]


def _hints(hinted: tuple[Mention, ...], scores: Scores, weights: Mapping[str, float]) -> None:
    for mention in hinted:
        for unit, off in _targets(mention).items():
            scores.add((unit,), weights["hint"] - off, "hint")


def _regions(regions: list[Mention], scores: Scores, weights: Mapping[str, float]) -> None:
    """A district narrows what else was named; alone it only makes candidates."""
    for mention in regions:
        inside: dict[str, None] = {}
        own: dict[str, None] = {}
        for name in mention.names:
            if name.kind == "region":
                inside.update(dict.fromkeys(name.targets))
            elif name.kind in ("commune", "former") and mention.typed not in _REGION_TYPES:
                own.update(dict.fromkeys(name.targets))
        known = [unit for unit in scores.by_unit if unit in inside or unit in own]
        if known:
            scores.add(known, weights["region"], "region")
        else:
            scores.add(inside, weights["region_alone"], "region")
            scores.add(own, weights["region_own"], "region-name")


def _located(located: tuple[tuple[str, ...], ...], scores: Scores, weights: Mapping[str, float]) -> None:
    """The coordinates: of several former communes of one place those that were named, or else all."""
    for at, units in enumerate(located):
        known = [unit for unit in units if unit in scores.by_unit]
        why = "location-near" if at else "location"
        scores.add(known or units, weights[why.replace("-", "_")], why)


def _reporter(
    reporters: tuple[str, ...], channel: Channel, scores: Scores, weights: Mapping[str, float]
) -> None:
    """The reporter's commune; it weighs little against another that was named."""
    if not reporters:
        return
    weight = weights["reporter_network"] if channel in _NETWORK else weights["reporter"]
    known = [unit for unit in reporters if unit in scores.by_unit]
    if scores.by_unit and not known:
        weight = weights["reporter_elsewhere"]
    scores.add(known or reporters, weight, "reporter")
