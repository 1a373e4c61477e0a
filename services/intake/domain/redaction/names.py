"""Personal names that are written with capitals. Offices, organisations and places are not touched.

A run of capitalised words is a name because of what stands before it (a title, "tôi là", "người gửi:"),
or because it begins as only names do (surname and Văn or Thị; a clear surname and two more words). It is
no name after the word for a road, a school or a unit.
"""

import re
from collections.abc import Iterator
from typing import Final

from services.intake.domain.redaction import lexicon as lex
from services.intake.domain.redaction.marks import Match
from services.intake.domain.redaction.namesakes import is_namesake
from services.intake.domain.redaction.runs import Run, find_runs
from services.intake.domain.redaction.view import View, fold

_LONGEST: Final = 4
_NO_TITLE_AFTER: Final = lex.words("cac nhung may nhieu hai tre dan phan hinh buc tieng")
"""The words "các anh" are many, "trẻ em" are children, "phan anh" (phản ánh) is to report."""
_INTRODUCTION: Final = re.compile(
    r"(?:(?<![a-z])(?:toi|em|minh|chau|to|tui) la"
    r"|(?P<name_word>(?<![a-z])(?:ho|ho va) ten(?: [a-z]+)?(?: la)?"
    r"|(?:toi|em|minh|chau|con|anh|chi|ong|ba|be|nguoi|gai|trai|no) ten(?: la)?"
    r"|ten (?:toi|em|minh|chau|con) la"
    r"|nguoi (?:khieu nai|to cao|gui|viet don|lam don|phan anh|kien nghi|de nghi|dai dien|lien he|bao tin)"
    r"(?: la)?"
    r"|ky ten)) ?:? *$"
)
_CLEAR_END: Final = re.compile(r" *(?:[,.;:()\n]|$| (?:o|tru|sinh|so|cccd|sdt|dt)\b)")


def find_names(view: View, places: frozenset[str]) -> Iterator[Match]:
    """Names in every run of capitalised words; `places` are never taken for a person's."""
    for run in find_runs(view, places):
        index = 0
        while index < len(run.text):
            last = _titled(run, index) or _introduced(run, index) or _by_its_form(run, index)
            if last:
                yield run.span(index, last)
            index = last or index + 1


def _titled(run: Run, index: int) -> int:
    """The end of a name that follows a title, an office or a calling; 0 if there is none."""
    previous, earlier = run.before(index)
    alone = len(run.text) - index == 1
    if f"{fold(earlier)} {fold(previous)}" in lex.PHRASES:
        return _name(run, index, at_least=1 if alone else 2) if alone or run.surname(index) else 0
    if previous not in lex.ANY_TITLES or earlier in lex.BEARERS:
        return 0
    if _is_place(run, index, earlier):
        return 0
    if previous in lex.TITLES and fold(earlier) not in _NO_TITLE_AFTER:
        return _name(run, index, at_least=1)
    clear = run.strong(index) or (
        run.surname(index) and (index == 0 or run.lower[index] in lex.CLEAR_SURNAMES)
    )
    return _name(run, index, at_least=2) if clear else 0


def _is_place(run: Run, index: int, earlier: str) -> bool:
    """Whether the title, because it has a capital itself, is rather the first word of a place."""
    if index == 0:
        return False
    if index > 1 and not run.shouted:
        return True
    together = f"{run.folded[index - 1]} {run.folded[index]}"
    return (
        together in lex.NEVER_TITLED
        or (together in lex.SELDOM_TITLED and earlier != "")
        or run.is_place(index - 1, len(run.text))
    )


def _introduced(run: Run, index: int) -> int:
    """The end of a name that somebody gives as theirs; 0 if there is none."""
    start = run.starts[0]
    introduction = _INTRODUCTION.search(run.view.folded[max(0, start - 32) : start]) if index == 0 else None
    if not introduction:
        return 0
    last = _name(run, 0, at_least=2 if run.surname(0) and not introduction["name_word"] else 1)
    clear = introduction["name_word"] or run.surname(0)
    return last if clear or (last and _CLEAR_END.match(run.view.folded, run.span(0, last)[1])) else 0


def _name(run: Run, index: int, at_least: int) -> int:
    pair = run.view.folded[run.starts[index] : run.starts[index] + 24].split()[:2]
    if run.lower[index] in lex.NOT_NAMES or " ".join(pair) in lex.NOT_NAME_PAIRS:
        return 0
    left = len(run.text) - index
    if run.strong(index):
        longest = _LONGEST - 1 if left > _LONGEST else _LONGEST
    elif run.surname(index):
        longest = _LONGEST
    else:
        longest = 1 if left > 2 or run.shouted else 2
    last = run.name_end(index, longest)
    return last if last - index >= at_least else 0


def _by_its_form(run: Run, index: int) -> int:
    """The end of a name that only its form shows; 0 if there is none, or if a road or a unit bears it."""
    strong = run.strong(index)
    clear = index == 0 and not run.shouted and len(run.text) > 2 and run.lower[0] in lex.CLEAR_SURNAMES
    if not strong and not clear:
        return 0
    previous, _ = run.before(index)
    if previous in lex.ROAD_WORDS or previous[-1:].isdigit() or (previous in lex.UNIT_WORDS and not strong):
        return 0
    for length in (4, 3, 2):
        if is_namesake(" ".join(run.lower[index : index + length])):
            return 0
        if run.is_place(index, index + length):
            return 0
    last = run.name_end(index, _LONGEST - 1 if len(run.text) - index > _LONGEST else _LONGEST)
    return last if last - index > 2 else 0
