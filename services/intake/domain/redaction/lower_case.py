"""Personal names typed in lower case, where nothing else could be meant. Patterns read folded text."""

import re
from collections.abc import Iterator
from typing import Final

from services.intake.domain.redaction import lexicon as lex
from services.intake.domain.redaction.marks import Kind, Match
from services.intake.domain.redaction.namesakes import is_namesake
from services.intake.domain.redaction.view import View, fold

_MIDDLE: Final = re.compile(r" (?:van|thi) (?=[a-z])")
_I_AM: Final = re.compile(r" la (?=[a-z])")
_WORD: Final = re.compile(r"[a-z]+")
_SPEAKERS: Final = lex.words("toi em minh chau tui ten")
_FEWEST, _LONGEST = 2, 4
_TITLED: Final = re.compile(
    rf"(?<![a-z0-9])(?:{'|'.join(sorted({fold(title) for title in lex.TITLES}))})"
    rf" (?P<name>{'|'.join(sorted({fold(name) for name in lex.GIVEN_NAMES}))})(?![a-z])"
)
_GIVEN_TOKENS: Final = frozenset(
    name + end for name in lex.GIVEN_NAMES for end in ("", ",", ".", ":", ";", ")")
)


def find_lower_case_names(view: View) -> Iterator[Match]:
    """Full names anywhere, names after "tôi là", and given names after a title with diacritics."""
    text = view.folded
    if " van " in text or " thi " in text:
        for found in _MIDDLE.finditer(text):
            yield from _around_the_middle_name(view, found)
    if " la " in text:
        for found in _I_AM.finditer(text):
            yield from _introduced(view, found)
    if not view.composed.isascii() and not _GIVEN_TOKENS.isdisjoint(view.words):
        yield from _titled(view)


def _titled(view: View) -> Iterator[Match]:
    for found in _TITLED.finditer(view.folded):
        title = view.composed[found.start() : found.start("name") - 1].lower()
        before = view.composed[max(0, found.start() - 12) : found.start()].lower().split()[-1:]
        given = view.composed[slice(*found.span("name"))]
        if title in lex.TITLES and given in lex.GIVEN_NAMES and lex.BEARERS.isdisjoint(before):
            yield (*found.span("name"), Kind.NAME)


def _around_the_middle_name(view: View, found: re.Match[str]) -> Iterator[Match]:
    start = view.folded.rfind(" ", 0, found.start()) + 1
    surname = view.composed[start : found.start()]
    middle = view.composed[found.start() + 1 : found.end() - 1]
    given = _WORD.match(view.folded, found.end())
    if (
        given
        and surname in lex.LOWER_SURNAMES
        and middle in lex.MIDDLES
        and given.group() not in lex.AFTER_A_NAME
    ):
        before = view.composed[max(0, start - 12) : start].lower().split()[-1:]
        further = _WORD.match(view.folded, given.end() + 1)
        borne = is_namesake(view.composed[start : given.end()]) or (
            further is not None and is_namesake(view.composed[start : further.end()])
        )
        if lex.ROAD_WORDS.isdisjoint(before) and not borne:
            yield start, given.end(), Kind.NAME


def _introduced(view: View, found: re.Match[str]) -> Iterator[Match]:
    speaker = view.folded[max(0, found.start() - 8) : found.start()].split()[-1:]
    ends = [found.end()]
    for _ in range(_LONGEST):
        word = _WORD.match(view.folded, ends[-1] + (len(ends) > 1))
        if not word or (len(ends) > 1 and view.folded[ends[-1]] != " ") or word.group() in lex.AFTER_A_NAME:
            break
        ends.append(word.end())
    first = view.composed[found.end() : ends[1]] if len(ends) > 1 else ""
    if len(ends) > _FEWEST and not _SPEAKERS.isdisjoint(speaker) and first in lex.LOWER_SURNAMES:
        yield found.end(), ends[-1], Kind.NAME
