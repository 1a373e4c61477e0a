"""House and lane numbers in words: "số nhà mười hai", "ngõ hai mươi". Patterns read folded text."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from services.intake.domain.redaction.lexicon import words
from services.intake.domain.redaction.marks import Kind, Match
from services.intake.domain.redaction.view import View

_NUMERALS: Final = words(
    "không một mốt hai ba bốn tư năm lăm sáu bảy bẩy tám chín mười mươi trăm linh lẻ xuyệt xẹt"
)
_PLAIN_NUMERALS: Final = words("khong mot hai bon tu lam sau bay tam chin muoi tram linh le xuyet xet")
"""As typed without diacritics; "ba" is also "bà" then, and "nam" a name: they count beside another only."""
_AMBIGUOUS: Final = words("ba nam")
_TENS: Final = words("mười mươi trăm muoi tram")
_WORD: Final = "khong|mot|hai|ba|bon|tu|nam|lam|sau|bay|tam|chin|muoi|tram|linh|le|xuyet|xet"
_NUMBER: Final = rf"(?P<number>(?:{_WORD})(?: (?:{_WORD})){{0,7}})(?![a-z0-9])"
_HOUSE: Final = re.compile(rf"(?<![a-z\[])(?:so nha|nha so|sn)(?: la)?[ :.]{{1,2}}{_NUMBER}")
_LANE: Final = re.compile(rf"(?<![a-z])(?P<lane>ngo|ngach|hem|kiet)(?P<told> so)?[ :.]{{1,2}}{_NUMBER}")
_LANE_WORD: Final = re.compile(r"(?:ngo|ngach|hem|kiet)(?: so)?[ :.]")
_LANES: Final = words("ngõ ngách hẻm kiệt")
_PLAIN_LANES: Final = words("ngo ngach hem kiet")
_NEXT: Final = re.compile(r" *([a-z0-9]*)")
_THIS_YEAR: Final = words("nay ngoai sau truoc moi cu 2024 2025 2026 2027")
"""After "năm", which is five and also the year: "số nhà năm nay tăng"."""
_COUNTED: Final = words(
    "nha ho gia nguoi met m cay hang ben dau lan chieu lop tan kg ta sao ha con cai thung xe"
)
"""After a number of things: "ngõ hai mươi hộ"."""


def find_spelled_addresses(view: View) -> Iterable[Match]:
    """Every house number in words; of lanes those that are told as numbers, or are ten and more."""
    text = view.folded
    houses = _houses(view) if "so nha" in text or "nha so" in text or "sn" in text else ()
    told = "ngo" in text or "ngach" in text or "hem" in text or "kiet" in text
    lanes = _lanes(view) if told and _LANE_WORD.search(text) else ()
    return (*houses, *lanes)


def _houses(view: View) -> Iterator[Match]:
    for found in _HOUSE.finditer(view.folded):
        if _is_number(view, found):
            yield (*found.span("number"), Kind.HOUSE)


def _lanes(view: View) -> Iterator[Match]:
    for found in _LANE.finditer(view.folded):
        if _is_lane(view, found) and _is_number(view, found):
            yield (*found.span("number"), Kind.HOUSE)


def _is_number(view: View, found: re.Match[str]) -> bool:
    """Whether the words are numerals as they are written, and not the beginning of something else:
    "số nhà năm nay", "số nhà ba tầng"."""
    written = view.composed[slice(*found.span("number"))].lower().split()
    after = _following(view, found)
    if after == "tang" or (written[-1] in ("năm", "nam") and after in _THIS_YEAR):
        return False
    if " ".join(written).isascii() and view.composed.isascii():
        return not _AMBIGUOUS.issuperset(written)
    return _NUMERALS.issuperset(written)


def _is_lane(view: View, found: re.Match[str]) -> bool:
    lane = view.composed[slice(*found.span("lane"))].lower()
    plain = view.composed.isascii()
    if lane not in (_PLAIN_LANES if plain else _LANES) or _following(view, found) in _COUNTED:
        return False
    written = view.composed[slice(*found.span("number"))].lower().split()
    return bool(found["told"]) or not _TENS.isdisjoint(written)


def _following(view: View, found: re.Match[str]) -> str:
    after = _NEXT.match(view.folded, found.end())
    return after[1] if after else ""
