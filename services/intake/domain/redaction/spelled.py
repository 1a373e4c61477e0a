"""Numbers and e-mail addresses spelled out in words, as people dictate them. Patterns read folded text."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from services.intake.domain.redaction.marks import Kind, Match
from services.intake.domain.redaction.view import View

DIGIT_WORDS: Final = {
    "khong": "0",
    "ko": "0",
    "mot": "1",
    "hai": "2",
    "ba": "3",
    "bon": "4",
    "tu": "4",
    "nam": "5",
    "lam": "5",
    "sau": "6",
    "bay": "7",
    "tam": "8",
    "chin": "9",
}
FEWEST_WORDS: Final = 3
"""Fewer digit words than these spell no number that identifies somebody."""

_ELEMENT = rf"(?:{'|'.join(DIGIT_WORDS)}|\d{{1,6}})"
_RUN: Final = re.compile(rf"(?<![a-z0-9]){_ELEMENT}(?:[ ,.;:\-]{{1,3}}{_ELEMENT}){{3,}}(?![a-z0-9])")
_ONE = rf"(?:{'|'.join(DIGIT_WORDS)}|\d)"
_PLATE: Final = re.compile(
    rf"(?<![a-z0-9]){_ONE}[ .\-]{{1,3}}{_ONE}[ .\-]{{1,3}}(?P<series>[a-hk-npstuvxyz]{{1,2}})"
    rf"(?:[ .\-]{{1,3}}{_ONE}){{4,6}}(?![a-z0-9])"
)
"""The letters of series leave out I, J, O, Q, R, W, so that "o" (ở) begins none."""
_FEWEST_DIGITS: Final = 8
_PART: Final = re.compile(r"[a-z]+|\d+")
_WITH_DIACRITICS: Final = (
    "không",
    "một",
    "mốt",
    "bốn",
    "tư",
    "năm",
    "lăm",
    "sáu",
    "bảy",
    "bẩy",
    "tám",
    "chín",
)
_DIGIT_TOKENS: Final = frozenset(
    word + end for word in (*DIGIT_WORDS, *_WITH_DIACRITICS) for end in ("", ",", ".", ";", "-")
)

_EMAIL: Final = re.compile(r"(?<![a-z0-9._%+\-])[a-z0-9._%+\-]+ ?@ ?[a-z0-9\-]+(?: ?\.[a-z0-9\-]+)*")
_DOT = r"(?: ?\. ?| cham | dot )"
_AT = r"(?: a cong | a moc | at | ?[(\[{]at[)\]}] ?| ?@ ?)"
_SPELLED_EMAIL: Final = re.compile(
    rf"(?<![a-z0-9_\-])[a-z0-9_\-]+(?:(?:{_DOT}| gach duoi )[a-z0-9_\-]+){{0,5}}{_AT}"
    rf"[a-z0-9\-]+(?:(?: cham | dot |\.)[a-z0-9\-]+){{1,4}}"
)

_A_IN_BRACKETS: Final = re.compile(
    r"(?<![a-z0-9._%+\-])[a-z0-9._%+\-]+ ?[(\[{]a[)\]}] ?(?:[a-z0-9\-]+ ?\. ?){1,4}"
    r"(?:com|vn|net|org|info|edu|gov|io|me)(?![a-z0-9])"
)
"""Also "điểm (a)": only what ends like the name of a host is an address."""
_BRACKETED: Final = ("(at)", "[at]", "{at}")
_BRACKETED_A: Final = ("(a)", "[a]", "{a}")


def find_emails(view: View) -> Iterable[Match]:
    """Addresses with an at sign, and dictated ones ("a chấm b a còng gmail chấm com")."""
    text = view.folded
    told = "@" in text or "a cong" in text or " at " in text or "a moc" in text
    return _emails(text) if told or "(" in text or "[" in text or "{" in text else ()


def _emails(text: str) -> Iterator[Match]:
    if "@" in text:
        yield from ((found.start(), found.end(), Kind.EMAIL) for found in _EMAIL.finditer(text))
    if any(at in text for at in ("a cong", "a moc", " at ", "@", *_BRACKETED)):
        yield from ((found.start(), found.end(), Kind.EMAIL) for found in _SPELLED_EMAIL.finditer(text))
    if any(at in text for at in _BRACKETED_A):
        yield from ((found.start(), found.end(), Kind.EMAIL) for found in _A_IN_BRACKETS.finditer(text))


def find_spelled_numbers(view: View) -> Iterable[Match]:
    """Runs of digit words, mixed with digits or not, that make at least eight digits, or a plate."""
    return _spelled_numbers(view) if _may_spell_a_number(view.words) else ()


def _spelled_numbers(view: View) -> Iterator[Match]:
    for run in _RUN.finditer(view.folded):
        parts = _PART.findall(run.group())
        digits = "".join(DIGIT_WORDS.get(part, part) for part in parts)
        words = sum(not part.isdigit() for part in parts)
        if words >= FEWEST_WORDS and len(digits) >= _FEWEST_DIGITS:
            yield run.start(), run.end(), _kind_of(digits)
    for plate in _PLATE.finditer(view.folded):
        # A letter with a diacritic is a word: "ạ", "ừ".
        if view.composed[slice(*plate.span("series"))].isascii():
            yield plate.start(), plate.end(), Kind.PLATE


def _may_spell_a_number(words: list[str]) -> bool:
    """Whether there are enough different digit words to be worth the search."""
    return len(_DIGIT_TOKENS.intersection(words)) >= FEWEST_WORDS


def _kind_of(digits: str) -> Kind:
    if len(digits) == 12:
        return Kind.CITIZEN_ID
    if digits[0] == "0" or digits.startswith("84"):
        return Kind.PHONE
    return Kind.OLD_CITIZEN_ID if len(digits) == 9 else Kind.NUMBER
