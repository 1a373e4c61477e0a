"""Runs of capitalised words, which may hold a personal name, and what stands before them."""

import re
from collections.abc import Iterator
from typing import Final

from services.intake.domain.redaction import lexicon as lex
from services.intake.domain.redaction.marks import Kind, Match
from services.intake.domain.redaction.view import View, is_place


def _letters(*, upper: bool) -> str:
    letters = map(chr, (*range(0x41, 0x7B), *range(0xC0, 0x250), *range(0x1E00, 0x1F00)))
    return "".join(letter for letter in letters if letter.isalpha() and letter.isupper() is upper)


_UPPER, _ANY = _letters(upper=True), _letters(upper=True) + _letters(upper=False)
_RUN: Final = re.compile(
    rf"[{_UPPER}](?<![{_ANY}0-9\[][{_UPPER}])[{_ANY}]*([ \u00a0]{{1,2}}[{_UPPER}][{_ANY}]*)*"
)
_WORD: Final = re.compile(rf"[{_ANY}]+")
_CUES: Final = lex.ANY_TITLES | lex.words(
    "là là: la la: tên tên: ten ten: gửi gửi: gui gui: nại nại: nai nai: cáo cáo: cao cao: đơn đơn: don"
    " don: ánh ánh: anh: nghị nghị: nghi nghi: diện diện: dien dien: hệ hệ: he he: tin tin: sĩ tá"
    " giáo viên gái trai chí sư toán quỹ xóm trưởng phó đốc tịch thư nhà quán xưởng thầu xe phòng"
    " bộ an si ta giao gai toan quy xom truong pho doc tich thu nha quan xuong thau phong bo"
)
"""The last words of all that can announce a name: see `names`."""
_INSIDE: Final = lex.ANY_TITLES | lex.SURNAMES


class Run:
    """The words of a run as typed, in lower case, folded, and where they start."""

    __slots__ = ("folded", "lower", "places", "shouted", "starts", "text", "view")

    def __init__(self, view: View, start: int, end: int, places: frozenset[str]) -> None:
        found = list(_WORD.finditer(view.composed, start, end))
        self.view, self.places = view, places
        self.text = [word.group() for word in found]
        self.starts = [word.start() for word in found]
        self.lower = [word.lower() for word in self.text]
        self.folded = [view.folded[word.start() : word.end()] for word in found]
        self.shouted = len(self.text) > 2 and all(map(str.isupper, self.text))

    def before(self, index: int) -> tuple[str, str]:
        """The word before word `index`, in lower case, and the one before that; "" where there is none."""
        start = self.starts[index]
        if self.view.composed[start - 1 : start] not in {" ", "\u00a0"}:
            return "", ""
        *_, earlier, previous = ("", "", *self.view.composed[max(0, start - 24) : start].lower().split())
        return previous, earlier

    def surname(self, index: int) -> bool:
        """Whether word `index` is a surname."""
        return index < len(self.lower) and self.lower[index] in lex.SURNAMES

    def strong(self, index: int) -> bool:
        """Whether a surname, Văn or Thị, and a further word begin at `index`: a form that only names have."""
        return (
            index + 2 < len(self.lower)
            and self.lower[index + 1] in lex.MIDDLES
            and self.lower[index + 2] not in lex.STOPPERS
            and self.surname(index)
        )

    def name_end(self, first: int, longest: int) -> int:
        """The index after the last word of a name of at most `longest` words that begins at `first`."""
        last = first
        while last < min(len(self.text), first + longest) and not self._stops(last):
            last += 1
        placed = last - first > 2 and self.is_place(last - 2, last)
        return last - 2 if placed else last

    def is_place(self, first: int, last: int) -> bool:
        """Whether the words from `first` to before `last` are the name of a place."""
        return is_place(" ".join(self.text[first:last]), self.places)

    def span(self, first: int, last: int) -> Match:
        """The words from `first` to before `last`, marked as a name."""
        return self.starts[first], self.starts[last - 1] + len(self.text[last - 1]), Kind.NAME

    def _stops(self, index: int) -> bool:
        acronym = len(self.text[index]) > 1 and self.text[index].isupper() and not self.shouted
        return acronym or self.lower[index] in lex.STOPPERS


def find_runs(view: View, places: frozenset[str]) -> Iterator[Run]:
    """The runs that are worth a closer look: most are only the beginning of a sentence."""
    text = view.composed
    for found in _RUN.finditer(text):
        start, end = found.span()
        before = text[start - 12 if start > 12 else 0 : start].rsplit(" ", 2)[-2:]
        # Of one word there is no name inside, and most runs are the one word that begins a sentence.
        if before[0].lower() in _CUES or (
            found[1] and not _INSIDE.isdisjoint(text[start:end].lower().split())
        ):
            yield Run(view, start, end, places)
