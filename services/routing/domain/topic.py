"""What a report is about: the category whose phrases weigh most, with the next best and the words."""

from services.routing.domain.case import Reason, Topic
from services.routing.domain.lexicon import Hit
from services.routing.domain.ruleset import Rules
from shared.contracts.vocabulary import Category

_LEAST = 1.0
"""Below this weight nothing is said to fit."""
_FIRST_BONUS = 0.4
"""Of mixed contents the first named leads, if weights are near."""


def topic_of(hits: tuple[Hit, ...], rules: Rules) -> Topic:
    """The category of a report; `khac` if nothing fits. Each phrase counts once."""
    scores: dict[str, float] = {}
    words: dict[str, dict[str, str]] = {}
    covered: dict[str, int] = {}
    for hit in hits:
        tag = hit.term.tag
        if tag not in rules.categories or hit.term.phrase in words.get(tag, {}):
            continue
        # A phrase inside a longer one of the same category says nothing new.
        if hit.end <= covered.get(tag, 0):
            continue
        if not scores:
            scores[tag] = _FIRST_BONUS
        covered[tag] = hit.end
        scores[tag] = scores.get(tag, 0.0) + hit.term.weight
        words.setdefault(tag, {})[hit.term.phrase] = hit.term.rule
    ranked = sorted(scores, key=lambda tag: -scores[tag])
    if not ranked or scores[ranked[0]] < _LEAST:
        return Topic("khac", _shares(ranked, scores, rules), (Reason("topic.khac", rules.version),))
    best = ranked[0]
    reason = Reason(f"topic.{best}", rules.version, rules.categories[best].basis, tuple(words[best]))
    total = sum(scores.values())
    return Topic(
        rules.categories[best].category, _shares(ranked[1:], scores, rules), (reason,), scores[best] / total
    )


def _shares(ranked: list[str], scores: dict[str, float], rules: Rules) -> tuple[tuple[Category, float], ...]:
    total = sum(scores.values()) or 1.0
    return tuple((rules.categories[tag].category, round(scores[tag] / total, 3)) for tag in ranked[:4])
