"""House, lane and alley numbers: the number goes; road and hamlet stay, because routing reads them."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from services.intake.domain.redaction.lexicon import words
from services.intake.domain.redaction.marks import Kind, Match
from services.intake.domain.redaction.view import View

_NUMBER = r"(?P<number>\d{1,5}[a-z]?(?: ?[/\-] ?\d{1,5}[a-z]?)*)(?![\d.,]?\d|[a-z])"
_HOUSE: Final = re.compile(rf"(?<![a-z\[])(?:so nha|nha so|sn)(?: la)?[ :.]{{0,2}}{_NUMBER}")
_LANE: Final = re.compile(
    rf"(?<![a-z])(?P<word>ngo|ngach|hem|kiet)(?: so)?[ :.]{{1,2}}{_NUMBER}(?P<after> *[a-z0-9]*)"
)
_LANE_TOLD: Final = re.compile("(?:ngo|ngach|hem|kiet)[ :.]")
_ON_A_ROAD: Final = re.compile(rf"so {_NUMBER},? (?:duong|pho|ngo|ngach|hem|kiet|(?P<road>[a-z]+))(?![a-z])")
_LANE_WORDS: Final = words("ngõ ngách hẻm kiệt ngo ngach hem kiet")
_MEASURES: Final = words("kg ta tan sao ha m m2 nguoi nam thang ngay cay con")
_NUMBERED_THINGS: Final = words(
    "pho to khu thon xom doi quay cau cong tram cot bom tuyen den ho thua lo dinh quyet ban cua xe ke"
    " duong van phieu toa nha kien ngan phong don mau dot lop bien cay diem chot nghi tau mo bai muc"
    " can"
)
"""What bears a number without being a house: "tổ dân phố số 4", "quầy số 5", "quyết định số 12"."""


def find_addresses(view: View) -> Iterable[Match]:
    """Every house, lane and alley number written in digits."""
    text = view.folded
    houses = _houses(text) if "so nha" in text or "nha so" in text or "sn" in text else ()
    lanes = _lanes(view) if _LANE_TOLD.search(text) else ()
    roads = _on_a_road(view) if "so " in text else ()
    return (*houses, *lanes, *roads)


def _houses(text: str) -> Iterator[Match]:
    return ((*found.span("number"), Kind.HOUSE) for found in _HOUSE.finditer(text))


def _lanes(view: View) -> Iterator[Match]:
    for found in _LANE.finditer(view.folded):
        if view.composed[slice(*found.span("word"))].lower() in _LANE_WORDS and not _is_measure(found):
            yield (*found.span("number"), Kind.HOUSE)


def _is_measure(found: re.Match[str]) -> bool:
    """Without diacritics "ngo 3 tan" is three tons of maize."""
    return found["after"].strip() in _MEASURES


def _on_a_road(view: View) -> Iterator[Match]:
    """The number in "số 45 đường ..." and "số 45 Nguyễn Trãi", but not in "tổ dân phố số 4 ..."."""
    for found in _ON_A_ROAD.finditer(view.folded):
        before = view.folded[max(0, found.start() - 12) : found.start()]
        named = found["road"] is None or view.composed[found.start("road")].isupper()
        if named and not before[-1:].isalnum() and _NUMBERED_THINGS.isdisjoint(before.split()[-1:]):
            yield (*found.span("number"), Kind.HOUSE)
