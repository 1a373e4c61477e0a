"""Numbers that identify somebody: telephones, identity cards, plates, accounts. Patterns read folded text.

Sources: numbering plan of Thông tư 22/2014/TT-BTTTT (mobile 10 digits, landline 11, country code 84);
citizen identity number of 12 digits, Luật Căn cước 26/2023; identity cards of 9 digits before it; plates
as the Ministry of Public Security issues them. Dates and sums of money look much like them; their form
tells them apart.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from services.intake.domain.redaction.marks import Kind, Match
from services.intake.domain.redaction.view import View

_GAP = r"[ .\-]{0,3}"
_INNER = r"[ .\-()]{0,3}"
_WORTH_A_LOOK: Final = re.compile(r"[0-9][0-9 .\-()]{4,}[0-9]")
_PHONE: Final = re.compile(
    rf"(?<![a-z0-9])(?:\(?\+?84\)?{_GAP}(?:\(0\))?|0084{_GAP}|\(?[0o]){_GAP}"
    rf"(?:[1-9](?:{_INNER}\d){{8}}|[12](?:{_INNER}\d){{9}}|[1-9](?:{_INNER}\d){{7}})(?!\d)"
)
_CARD: Final = re.compile(r"(?<![a-z0-9])0\d(?:[ .\-]?\d){10}(?!\d)")
_SPACED_OLD_CARD: Final = re.compile(
    r"(?<![\d.])[1-9]\d{2}([ \-])\d{3}\1\d{3}(?!\d|[ .,]?\d|\s*(?:d|dong|vnd|trieu|m2)\b)"
)
_LIKE_A_PLATE: Final = re.compile(r"[1-9] ?[0-9][ .\-]{0,3}[a-z]{1,2}[ .\-]{0,3}[0-9]")
_PLATE: Final = re.compile(
    r"[1-9](?<![a-z0-9.,/].)\d[ .\-]?(?P<series>[a-z]{1,2}\d?)(?P<gap>[ .\-]{0,3})"
    r"(?P<serial>\d{3}[ .,\-]?\d{2}|\d{4})(?![a-z0-9])"
)
_SOLID: Final = re.compile(r"[a-z]{1,2}\d{5,6}")
_SPACED_PLATE: Final = re.compile(
    r"[1-9](?<![a-z0-9.,/].) ?\d[ .\-]{0,3}(?P<series>[a-z]{1,2})(?: ?\d)?[ .\-]{1,3}"
    r"\d(?:[ .\-]{1,3}\d){3,4}(?![a-z0-9])"
)
_LONG: Final = re.compile(r"\d{9,}")
_ACCOUNT_WORDS = (
    "stk|so tk|tk|so tai khoan|tai khoan|agribank|vietcombank|vcb|vietinbank|ctg|bidv|techcombank"
    "|tcb|mb ?bank|vpbank|tpbank|acb|sacombank|shb|hdbank|vib|msb|lpbank|lienvietpostbank|seabank"
    "|ocb|eximbank|momo|zalopay"
)
_CARD_WORDS = "cccd|cmnd|cmtnd|cmt|can cuoc|chung minh(?: thu| nhan dan)?|ho chieu|passport|so dinh danh"
_PHONE_WORDS = "sdt|dt|dtdd|dien thoai|so may|lien he|alo|zalo"


def _after(words: str, reach: int, number: str) -> re.Pattern[str]:
    """`number` at most `reach` characters after one of `words`; never across a mark or a line break."""
    gap = rf"[^\d\[\]\n]{{0,{reach}}}?"
    return re.compile(rf"(?<![a-z\[])(?:{words})(?![a-z\]]){gap}(?P<number>{number})(?!\d)")


_BY_CUE: Final = (
    (Kind.ACCOUNT, _after(_ACCOUNT_WORDS, 30, r"\d(?:[ .\-]?\d){5,18}")),
    (Kind.CITIZEN_ID, _after(_CARD_WORDS, 20, r"[a-z]?\d(?:[ .\-]{0,3}\d){6,13}")),
    (Kind.PHONE, _after(_PHONE_WORDS, 15, r"\d(?:[ .\-]{0,3}\d){7,11}")),
)
_VEHICLE: Final = re.compile(r"(?:xe|bien|bien so|bks|bs|bien kiem soat|o to|oto)[ :]*$")
_DATE: Final = re.compile(
    r"\d{1,2}[.\-] ?\d{1,2}[.\-] ?(?:19|20)\d{2}(?!\d)|(?:19|20)\d{2}[.\-]\d{1,2}[.\-]\d{1,2}(?!\d)"
)
_MONEY: Final = re.compile(r"[1-9]\d{0,2}(?:[. ]\d{3})+")
_MONEY_UNIT: Final = re.compile(r"\s*(?:d|dong|vnd|trieu|tr|nghin|k)\b")


def find_numbers(view: View) -> Iterable[Match]:
    """Every identifying number written in digits."""
    plates = _plates(view) if _LIKE_A_PLATE.search(view.folded) else ()
    numbers = _long_numbers(view.folded) if _WORTH_A_LOOK.search(view.folded) else ()
    return (*plates, *numbers)


def _long_numbers(text: str) -> Iterator[Match]:
    for found in _PHONE.finditer(text):
        if not _is_date(text, found.start()):
            yield found.start(), found.end(), Kind.PHONE
    for found in _CARD.finditer(text):
        if not _PHONE.match(text, found.start()):
            yield found.start(), found.end(), Kind.CITIZEN_ID
    yield from _by_cue(text)
    for found in _LONG.finditer(text):
        yield found.start(), found.end(), _kind_of(found.group())
    for found in _SPACED_OLD_CARD.finditer(text):
        yield found.start(), found.end(), Kind.OLD_CITIZEN_ID


def _by_cue(text: str) -> Iterator[Match]:
    for kind, pattern in _BY_CUE:
        for found in pattern.finditer(text):
            start, end = found.span("number")
            if _is_date(text, start) or (kind is not Kind.CITIZEN_ID and _is_money(text, start, end)):
                continue
            nine = sum(map(str.isdigit, found["number"])) == 9
            yield start, end, Kind.OLD_CITIZEN_ID if kind is Kind.CITIZEN_ID and nine else kind


def _plates(view: View) -> Iterator[Match]:
    """A plate has capitals, or the form of no other number, or the word for a vehicle before it."""
    for found in _PLATE.finditer(view.folded):
        series = view.composed[slice(*found.span("series"))]
        apart = bool(found["gap"].strip()) and len(found["serial"]) > 4
        solid = not found["gap"] and _SOLID.fullmatch(found["series"] + found["serial"]) is not None
        typical = apart or solid
        if series.isupper() or typical or _after_vehicle(view, found):
            yield found.start(), found.end(), Kind.PLATE
    for found in _SPACED_PLATE.finditer(view.folded):
        if view.composed[slice(*found.span("series"))].isupper() or _after_vehicle(view, found):
            yield found.start(), found.end(), Kind.PLATE


def _after_vehicle(view: View, found: re.Match[str]) -> bool:
    return _VEHICLE.search(view.folded[max(0, found.start() - 20) : found.start()]) is not None


def _kind_of(digits: str) -> Kind:
    if len(digits) == 12 and digits[0] == "0":
        return Kind.CITIZEN_ID
    return Kind.OLD_CITIZEN_ID if len(digits) == 9 and digits[0] != "0" else Kind.NUMBER


def _is_date(text: str, start: int) -> bool:
    return _DATE.match(text, start) is not None


def _is_money(text: str, start: int, end: int) -> bool:
    grouped = _MONEY.fullmatch(text, start, end) is not None
    return grouped and ("." in text[start:end] or _MONEY_UNIT.match(text, end) is not None)
