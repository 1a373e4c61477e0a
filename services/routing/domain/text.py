"""Vietnamese text made comparable: one pass, the original and a folded key kept word by word.

NFC -> zero-width and marks of direction dropped -> casefold -> tone marks in the old style -> words ->
abbreviations and teencode written out. Folding takes diacritics away and turns đ into d (it has no
decomposition in Unicode). `marked` tells whether the writer typed diacritics: with them a name must match
exactly, without them every unit of that folded name is meant.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from operator import is_not

from services.routing.domain.abbreviations import ABBREVIATIONS, PLACE_TYPES
from services.routing.domain.remembered import Remembered

_LETTERS = "aăâeêioôơuưyđ"
_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")


def _fold_table() -> dict[int, str]:
    table = {ord("đ"): "d", ord("Đ"): "d"}
    for letter in _LETTERS + _LETTERS.upper():
        for tone in _TONES:
            char = unicodedata.normalize("NFC", letter + tone)
            if len(char) == 1:
                base = unicodedata.normalize("NFD", letter)[0].lower()
                table[ord(char)] = "d" if base == "đ" else base
    return table


FOLD = _fold_table()
_DROPPED = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad\u202a-\u202e]")
_WORD = re.compile(r"\w+")
_OLD = {
    **{"o" + n: o + "a" for n, o in zip("àáảãạ", "òóỏõọ", strict=True)},
    **{"o" + n: o + "e" for n, o in zip("èéẻẽẹ", "òóỏõọ", strict=True)},
    **{"u" + n: o + "y" for n, o in zip("ỳýỷỹỵ", "ùúủũụ", strict=True)},
}


def canonical(word: str) -> tuple[str, str]:
    """A word in lower case with its tone mark in the old place (hoà -> hòa; quý stays), and its folded key.

    Both are one object if they are equal.
    """
    lower = word.lower()
    if lower.isascii():
        return lower, lower
    if lower[-2:] in _OLD and lower[-3:-1] != "qu":
        lower = lower[:-2] + _OLD[lower[-2:]]
    key = lower.translate(FOLD)
    return lower, lower if key == lower else key


_CANONICAL = Remembered(canonical)


def fold(text: str) -> str:
    """Lower case without diacritics, length unchanged for NFC input."""
    return text.translate(FOLD).lower()


def _pairs(table: dict[str, str]) -> dict[str, tuple[tuple[str, str], ...]]:
    return {short: tuple((word, fold(word)) for word in long.split()) for short, long in table.items()}


_EXPANDED = _pairs(ABBREVIATIONS | PLACE_TYPES)
_SHORT = frozenset(_EXPANDED)


@dataclass(frozen=True, slots=True)
class Text:
    """Word by word: `typed` as written, `words` in lower case, `keys` folded; all of one length."""

    original: str
    typed: tuple[str, ...]
    words: tuple[str, ...]
    keys: tuple[str, ...]
    marked: bool

    def capital(self, index: int) -> bool:
        """Whether the word was written with a capital first letter."""
        return self.typed[index][0].isupper()

    def said(self, start: int, end: int) -> str:
        """Words [start, end) with their diacritics, abbreviations written out."""
        return " ".join(self.words[start:end])

    def offsets(self) -> tuple[tuple[int, int], ...]:
        """Where each word stands in `original`; the words of one abbreviation share its place."""
        out: list[tuple[int, int]] = []
        for match in _WORD.finditer(self.original):
            out.extend([match.span()] * len(_EXPANDED.get(match[0].lower(), ("",))))
        return tuple(out)


def read(raw: str) -> Text:
    """Normalise a report's text; linear in its length."""
    original = raw if raw.isascii() else unicodedata.normalize("NFC", raw)
    # What is dropped is not printable, which is asked faster.
    if not original.isprintable() and not original.isascii() and _DROPPED.search(original):
        original = _DROPPED.sub("", original)
    typed: Sequence[str] = _WORD.findall(original)
    if not typed:
        return Text(original, (), (), (), False)
    words: Sequence[str]
    keys: Sequence[str]
    words, keys = zip(*map(_CANONICAL.__getitem__, typed), strict=True)
    marked = sum(map(is_not, words, keys)) * 4 > len(words)
    if not _SHORT.isdisjoint(words):
        typed, words, keys = _written_out(typed, words, keys)
    return Text(original, tuple(typed), tuple(words), tuple(keys), marked)


def _written_out(
    typed: Sequence[str], words: Sequence[str], keys: Sequence[str]
) -> tuple[list[str], list[str], list[str]]:
    long_typed: list[str] = []
    long_words: list[str] = []
    long_keys: list[str] = []
    done = 0
    for at in [at for at, word in enumerate(words) if word in _SHORT]:
        full = _EXPANDED[words[at]]
        long_typed += typed[done:at]
        long_typed += [typed[at]] * len(full)
        long_words += words[done:at]
        long_words += [word for word, _ in full]
        long_keys += keys[done:at]
        long_keys += [key for _, key in full]
        done = at + 1
    long_typed += typed[done:]
    long_words += words[done:]
    long_keys += keys[done:]
    return long_typed, long_words, long_keys
