"""Empty reports, trials of the keyboard and advertisements: kept, but nobody is called for them.

A person can take one out again. So that nothing real is lost, a report with a place, a category, an office, a
deed or a danger is never spam, whatever else it says.
"""

from services.routing.domain.case import Nature, Place, Reason, Topic
from services.routing.domain.named import Found, inside
from services.routing.domain.nature import Signals
from services.routing.domain.told import ROLE_TAGS

_STRONG = 3.0
"""A phrase of the lexicon of this weight is a matter."""
_FEWEST = 3
"""A report of fewer words, with no place or matter in them, says nothing."""
_JUNK = ("quang_cao", "thu_gui")
_TELLING = frozenset({*ROLE_TAGS, "hanh_vi", "thai_do", "an_danh", "khan_cap", "nguy_hiem", "dong_nguoi"})


def spam(signals: Signals, topic: Topic, place: Place, nature: Nature, version: str) -> Reason | None:
    """Why a report is none, with the words that say so; None if it may be one."""
    if topic.category != "khac" or nature.sensitive or nature.severity > 1:
        return None
    if place.unit is not None or place.candidates or place.outside or _tells(signals.found):
        return None
    if "quang_cao" in signals:
        return Reason("spam.quang-cao", version, None, signals.words("quang_cao"))
    if sum(len(word) > 1 for word in signals.text.keys) < _FEWEST:
        return Reason("spam.rong", version)
    if "thu_gui" in signals:
        return Reason("spam.thu-gui", version, None, signals.words("thu_gui"))
    return None


def _tells(found: Found) -> bool:
    """Whether an office, a deed, a danger or a matter is named that is no part of the advertisement."""
    junk = [hit for tag in _JUNK for hit in found.get(tag, ())]
    hits = (hit for tag in found if tag != "khac" for hit in found[tag])
    strong = (hit for hit in hits if hit.term.weight >= _STRONG)
    return not _TELLING.isdisjoint(found) or any(
        not any(inside(hit, other) for other in junk) for hit in strong
    )
