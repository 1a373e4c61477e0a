"""What a report is about: the category whose phrases weigh most, with the next best and the words."""

from services.routing.domain.case import Reason, Topic
from services.routing.domain.lexicon import Hit
from services.routing.domain.ruleset import Rules
from services.routing.domain.text import Text
from shared.contracts.vocabulary import Category

_LEAST = 1.0
"""Below this weight nothing is said to fit."""
_FIRST_BONUS = 0.4
"""Of mixed contents the first named leads, if weights are near."""
_BESIDE = frozenset(
    {"canh", "truoc", "gan", "sat", "doi", "sau", "qua", "cong", "ngo", "giap", "ngang", "quanh", "dau"}
)
_LANDMARK_SHARE = 0.35
"""What a phrase still weighs that only tells where: `cạnh trường mầm non`."""


def topic_of(text: Text, hits: tuple[Hit, ...], rules: Rules) -> Topic:
    """The category of a report; `khac` if nothing fits. Each phrase counts once."""
    scores: dict[str, float] = {}
    words: dict[str, dict[str, str]] = {}
    covered: dict[str, int] = {}
    for hit in hits:
        term, start, end = hit
        tag = term.tag
        if tag not in rules.categories:
            continue
        said = words.setdefault(tag, {})
        # A phrase inside a longer one of the same category says nothing new.
        if term.phrase in said or end <= covered.get(tag, 0):
            continue
        if not scores:
            scores[tag] = _FIRST_BONUS
        covered[tag] = end
        beside = start > 0 and text.keys[start - 1] in _BESIDE
        weight = term.weight * (_LANDMARK_SHARE if beside else 1.0)
        scores[tag] = scores.get(tag, 0.0) + weight
        said[term.phrase] = term.rule
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


def corrupted(topic: Topic, words: tuple[str, ...], rules: Rules) -> Topic:
    """The same report once it is clear that somebody in office took an advantage."""
    rule = rules.categories["tham-nhung-tieu-cuc"]
    reason = Reason("topic.chuc-vu-va-loi-ich", rules.version, rule.basis, words)
    others = ((topic.category, topic.share), *topic.runner_ups)
    runner_ups = tuple(pair for pair in others if pair[0] != rule.category)
    return Topic(rule.category, runner_ups, (*topic.reasons, reason), topic.share)
