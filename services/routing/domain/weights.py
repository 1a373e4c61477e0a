"""How mentions, hint and reporter's unit add up to scores (log-odds) of units."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from services.routing.domain.mentions import Mention
from services.routing.domain.text import Text
from shared.contracts.vocabulary import Channel

_COMMUNE_TYPES = frozenset({"xa", "phuong", "thi tran", "thon", "to dan pho"})
_REGION_TYPES = frozenset({"huyen", "thi xa", "thanh pho"})
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


@dataclass(frozen=True, slots=True)
class Sorted:
    """Mentions by what they can be: exact places, regions, far places, the home province."""

    local: tuple[Mention, ...]
    regions: tuple[Mention, ...]
    far: tuple[Mention, ...]
    home: tuple[Mention, ...]


def weigh(
    text: Text,
    in_text: tuple[Mention, ...],
    in_hint: tuple[Mention, ...],
    reporters: tuple[str, ...],
    channel: Channel,
    weights: Mapping[str, float],
) -> Scores:
    """All evidence on a report's place."""
    scores = Scores()
    said = _sort(in_text)
    hinted = _sort(in_hint)
    if said.far and not said.local and not hinted.local and not said.regions:
        scores.outside = True
        return scores
    regions = [*said.regions, *hinted.regions]
    exact = _exact(said.local, regions, scores, weights, text)
    exact |= _hints(hinted.local, regions, scores, weights)
    _regions(regions, scores, weights, bool(exact))
    _reporter(reporters, channel, scores, weights)
    scores.whole = not scores.by_unit and bool(said.home or hinted.home)
    return scores


def _sort(found: tuple[Mention, ...]) -> Sorted:
    local: list[Mention] = []
    regions: list[Mention] = []
    far: list[Mention] = []
    home: list[Mention] = []
    bound = _bound_far(found)
    for mention in found:
        kinds = {name.kind for name in mention.names}
        if mention in bound or kinds <= {"far", "far_province"}:
            if "far_province" in kinds or mention in bound:
                far.append(mention)
        elif "home" in kinds and mention.typed not in _COMMUNE_TYPES:
            (regions if "region" in kinds and mention.typed in _REGION_TYPES else home).append(mention)
        elif "region" in kinds and mention.typed not in _COMMUNE_TYPES:
            regions.append(mention)
        else:
            local.append(mention)
    return Sorted(tuple(local), tuple(regions), tuple(far), tuple(home))


def _bound_far(found: tuple[Mention, ...]) -> tuple[Mention, ...]:
    """A place directly before a far province (`xã Chi Lăng, tỉnh Lạng Sơn`) is there, not here."""
    out: list[Mention] = []
    for mention, after in zip(found, found[1:], strict=False):
        far = any(name.kind == "far_province" for name in after.names)
        gap = after.start - len(after.typed.split()) - mention.end
        if far and gap <= 0 and not any(name.kind == "region" for name in mention.names):
            out.append(mention)
    return tuple(out)


def _targets(mention: Mention) -> dict[str, float]:
    """Units that a mention can mean, with what to take off for the less likely reading."""
    off: dict[str, float] = {}
    for name in mention.names:
        if name.kind not in ("commune", "former", "hamlet", "landmark"):
            continue
        unlikely = (name.kind == "former") != mention.former and len(mention.names) > 1
        for unit in name.targets:
            off[unit] = min(off.get(unit, 9.0), 2.0 if unlikely else 0.0)
    return off


def _exact(
    local: tuple[Mention, ...],
    regions: list[Mention],
    scores: Scores,
    weights: Mapping[str, float],
    text: Text,
) -> set[str]:
    seen: dict[str, int] = {}
    for mention in local:
        weight = _weight(mention, text, weights)
        if mention.resident and len(local) > 1:
            weight -= weights["residence"]
        said = text.said(mention.start - len(mention.typed.split()), mention.end)
        for unit, off in _targets(mention).items():
            again = seen.get(unit, 0)
            seen[unit] = again + 1
            gain = weight - off if not again else weights["repeated"] if again == 1 else 0.0
            scores.add((unit,), gain, f"text:{said}")
    return set(seen)


def _weight(mention: Mention, text: Text, weights: Mapping[str, float]) -> float:
    if mention.typed in _COMMUNE_TYPES:
        return weights["typed"]
    if mention.names[0].kind == "landmark":
        return weights["landmark"]
    if text.marked:
        return weights["named"]
    return weights["plain_located"] if mention.located else weights["plain"]


def _hints(
    hinted: tuple[Mention, ...], regions: list[Mention], scores: Scores, weights: Mapping[str, float]
) -> set[str]:
    out: set[str] = set()
    for mention in hinted:
        for unit, off in _targets(mention).items():
            scores.add((unit,), weights["hint"] - off, "hint")
            out.add(unit)
    return out


def _regions(regions: list[Mention], scores: Scores, weights: Mapping[str, float], exact: bool) -> None:
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


def _reporter(
    reporters: tuple[str, ...], channel: Channel, scores: Scores, weights: Mapping[str, float]
) -> None:
    if not reporters:
        return
    weight = weights["reporter_network"] if channel in _NETWORK else weights["reporter"]
    known = [unit for unit in reporters if unit in scores.by_unit]
    if scores.by_unit and not known:
        weight = weights["reporter_elsewhere"]
    scores.add(known or reporters, weight, "reporter")
