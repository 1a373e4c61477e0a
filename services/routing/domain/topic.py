"""What a report is about: the lexicon's points and the text model's score of each category, added.

The lexicon is what people wrote down, the model what samples taught; each names the words that it went by.
"""

from collections.abc import Mapping
from operator import itemgetter

from services.routing.domain.case import Reason, Topic
from services.routing.domain.lexicon import Hit
from services.routing.domain.linear import Scores
from services.routing.domain.ruleset import Rules
from services.routing.domain.text import Text
from shared.contracts.vocabulary import Category

_LEAST = 1.0
"""Below this weight of the lexicon nothing is said to fit, unless the model is sure."""
_MODEL = 45.0
"""Points for a model's score of 1, by cross-validation: with fewer, reports are lost whose words the lexicon
does not know; more bring nothing."""
_SURE = 0.35
"""From which score on the model alone tells the category."""
_FIRST_BONUS = 0.4
"""Of mixed contents the first named leads, if weights are near."""
_BESIDE = frozenset(
    {"canh", "truoc", "gan", "sat", "doi", "sau", "qua", "cong", "ngo", "giap", "ngang", "quanh", "dau"}
)
_LANDMARK_SHARE = 0.35
"""What a phrase still weighs that only tells where: `cạnh trường mầm non`."""
_by_score = itemgetter(1)
_positive = (0.0).__lt__

Points = tuple[dict[str, float], dict[str, dict[str, str]]]
"""The lexicon's points by category, and its phrases by category."""


def topic_of(text: Text, hits: tuple[Hit, ...], said: Scores, rules: Rules) -> Topic:
    """The category of a report; `khac` if nothing fits."""
    points, phrases = _points(text, hits, rules)
    tags, scores = said.of("category")
    known = max(points.values(), default=0.0) >= _LEAST
    if not known and max(scores, default=0.0) < _SURE:
        return Topic("khac", _shares(points, rules), (Reason("topic.khac", rules.version),))
    both = dict(zip(tags, map(_MODEL.__mul__, scores), strict=True))
    for tag, weight in points.items():
        both[tag] = both.get(tag, 0.0) + weight
    (best, share), *others = _shares(both, rules)
    reasons = []
    if best in phrases:
        basis = rules.categories[best].basis
        reasons.append(Reason(f"topic.{best}", rules.version, basis, tuple(phrases[best])))
    if tags and best != "khac":
        reasons.append(Reason(f"model.{best}", said.version, None, said.words(f"category:{best}")))
    return Topic(best, tuple(others), tuple(reasons) or (Reason("topic.khac", rules.version),), share)


def _points(text: Text, hits: tuple[Hit, ...], rules: Rules) -> Points:
    """Each phrase counts once."""
    scores: dict[str, float] = {}
    words: dict[str, dict[str, str]] = {}
    covered: dict[str, int] = {}
    categories, keys = rules.categories, text.keys
    for term, start, end in hits:
        tag, phrase = term.tag, term.phrase
        if tag not in categories:
            continue
        said = words.get(tag)
        if said is None:
            said = words[tag] = {}
            scores[tag] = 0.0 if scores else _FIRST_BONUS
        # A phrase inside a longer one of the same category says nothing new.
        elif phrase in said or end <= covered[tag]:
            continue
        covered[tag] = end
        beside = start > 0 and keys[start - 1] in _BESIDE
        scores[tag] += term.weight * (_LANDMARK_SHARE if beside else 1.0)
        said[phrase] = term.rule
    return scores, words


def _shares(points: Mapping[str, float], rules: Rules) -> tuple[tuple[Category, float], ...]:
    """The best five categories, each with its share of all points."""
    near = sorted(points.items(), key=_by_score, reverse=True)[:5]
    total = sum(filter(_positive, points.values())) or 1.0
    return tuple((rules.categories[tag].category, round(max(score, 0.0) / total, 3)) for tag, score in near)


def corrupted(topic: Topic, words: tuple[str, ...], rules: Rules) -> Topic:
    """The same report once it is clear that somebody in office took an advantage."""
    rule = rules.categories["tham-nhung-tieu-cuc"]
    reason = Reason("topic.chuc-vu-va-loi-ich", rules.version, rule.basis, words)
    others = ((topic.category, topic.share), *topic.runner_ups)
    runner_ups = tuple(pair for pair in others if pair[0] != rule.category)
    return Topic(rule.category, runner_ups, (*topic.reasons, reason), topic.share)
