"""Mixed contents: a report that raises two or more matters of different owners, cut into its parts.

Cut only where it is clear: the report says itself that it has several matters (`nhân đây`, `ngoài ra`, `hai
việc`, `(b)`), each has sentences of its own with strong words of one category, and those sentences alone
would be taken for that category. A story in several sentences stays one. What is guarded is never cut: a part
without the accusation would go to the accused's own commune.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from unicodedata import normalize
from uuid import UUID, uuid5

from services.routing.domain.basis import Basis
from services.routing.domain.lexicon import Hit
from services.routing.domain.text import Text, fold, read
from services.routing.domain.topic import topic_of
from shared.contracts.vocabulary import CATEGORIES, Category

_ENDS = re.compile(r"(?<=[.!?;\n])\s+")
_MARKS = ("(b)", "(2)")
_APART = (
    *(
        "nhân đây",
        "nhân tiện",
        "tiện đây",
        "ngoài ra",
        "thêm nữa",
        "nói thêm",
        "hai là",
        "riêng vụ",
    ),
    *(f"{what} thứ hai" for what in ("việc", "chuyện", "ý", "là")),
    *(f"{many} {what}" for many in ("hai", "ba", "mấy", "nhiều") for what in ("việc", "chuyện", "nội dung")),
)
_SIGNS = (*_MARKS, *dict.fromkeys((*_APART, *map(fold, _APART))))
"""How a report says itself that it has several matters."""
_SIGN_WORDS = frozenset(tuple(fold(sign).split()[:2]) for sign in _APART)
"""The first two words of each, folded: what has no two of them in a row says nothing of several matters."""
_BEGINS = re.compile(rf"(?<=[.!?;\n])\s+(?=(?:{'|'.join(map(re.escape, _SIGNS))}))", re.IGNORECASE)
_BELOW_THE_INSTANT = (1 << 80) - 1
_VERSION, _VERSION_7 = 0xF << 76, 7 << 76
_CLEAR = 3.0
"""Points of strong words that a part must have of its own category, and be ahead by."""
_LONGEST = 90
"""Words. A long letter names many things and still is about one."""
_NO_MATTER = frozenset({"khac", "xay-dung-dang-chinh-quyen", "tthc-thai-do-can-bo", "tham-nhung-tieu-cuc"})
"""How something is asked for or thanked for, and what is guarded, is no second matter."""


@dataclass(frozen=True, slots=True)
class Part:
    """One matter of a report: its own words, and what they are about."""

    text: str
    category: Category


def may_be_mixed(text: Text) -> bool:
    """Whether a text may say that it has several matters; of most texts it is known at a glance."""
    said = text.original.lower()
    return not _SIGN_WORDS.isdisjoint(pairwise(text.keys)) or any(mark in said for mark in _MARKS)


def parts_of(text: str, basis: Basis, report_date: date) -> tuple[Part, ...]:
    """The matters of a text in its order; none if it is about one, or if that is not clear."""
    if len(text.split()) > _LONGEST or not any(map(normalize("NFC", text.lower()).__contains__, _SIGNS)):
        return ()
    found: dict[Category, str] = {}
    for part in _pieces(text, basis, report_date):
        found[part.category] = f"{found[part.category]} {part.text}" if part.category in found else part.text
    return tuple(Part(said, category) for category, said in found.items()) if len(found) > 1 else ()


def told_apart(text: str) -> tuple[str, ...]:
    """A text cut where it says itself that another matter begins, whatever each is about; none if nowhere."""
    pieces = _BEGINS.split(normalize("NFC", text))
    return tuple(pieces) if len(pieces) > 1 else ()


def part_id(root: UUID, number: int) -> UUID:
    """The id of a part's case, the same whenever the report is read again. The root case is number 1.

    A UUIDv7 of its root's instant: lists go by ids, and a part stands beside its report.
    """
    rest = uuid5(root, f"part-{number}").int & _BELOW_THE_INSTANT
    return UUID(int=(root.int & ~_BELOW_THE_INSTANT) | (rest & ~_VERSION) | _VERSION_7)


def may_be_of(root: UUID, case_id: UUID) -> bool:
    """Whether a case may be of this report though neither is there yet: by its id alone."""
    return case_id == root or any(case_id == part_id(root, n) for n in range(2, len(CATEGORIES) + 1))


def _pieces(text: str, basis: Basis, on: date) -> Iterator[Part]:
    """Runs of sentences that are clearly about one category; what is unclear goes with what follows it."""
    held: list[str] = []
    for sentence in _ENDS.split(text):
        held.append(sentence)
        said = read(" ".join(held))
        hits = basis.lexicon.hits(said, on)
        category = _clearly(hits, basis)
        if category is None or category in _NO_MATTER:
            continue
        if topic_of(said, hits, basis.model.read(said), basis.rules).category == category:
            yield Part(" ".join(held), category)
            held.clear()


def _clearly(hits: Sequence[Hit], basis: Basis) -> Category | None:
    points: dict[str, float] = {}
    for term in dict.fromkeys(hit.term for hit in hits):
        if term.tag in basis.rules.categories and term.weight >= _CLEAR:
            points[term.tag] = points.get(term.tag, 0.0) + term.weight
    ranked = sorted(points.items(), key=lambda item: -item[1])
    if not ranked or (len(ranked) > 1 and ranked[0][1] - ranked[1][1] < _CLEAR):
        return None
    return basis.rules.categories[ranked[0][0]].category
