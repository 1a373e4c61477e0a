"""A text as the rules read it: composed (NFC), and folded to plain lower-case letters, with the way back.

Vietnamese arrives composed, decomposed (NFD) and without diacritics. The folded text has exactly one
character for each of the composed text, so a match in one is a match in the other, and `origins` leads
back to the original.
"""

import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

import numpy as np

_CLUSTER = re.compile("[^\u0300-\u036f][\u0300-\u036f]*|[\u0300-\u036f]+")
_OTHER: Final = 0x7F
"""What every character folds to that is neither a Latin letter nor ASCII nor a digit."""


def _fold_table() -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    table = np.full(sys.maxunicode + 1, _OTHER, dtype=np.uint8)
    table[:0x7F] = [ord(chr(point).lower()) for point in range(0x7F)]
    table[[0xA0, 0x2009, 0x202F]] = ord(" ")
    table[0x2010:0x2016] = ord("-")
    table[[ord("đ"), ord("Đ")]] = ord("d")
    for point in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)):
        base = unicodedata.normalize("NFD", chr(point))[0]
        if base.isascii() and base.isalpha():
            table[point] = ord(base.lower())
    for point in range(0x80, 0x20000):
        if chr(point).isdecimal():
            table[point] = ord(str(unicodedata.decimal(chr(point))))
    return table


_FOLD: Final = _fold_table()
_FOLD_SHORT: Final = _FOLD.tobytes().decode("ascii")
_SHORT: Final = 40
"""Below so many characters an array costs more than it saves."""


def fold(text: str) -> str:
    """`text`, composed, as plain lower-case letters and ASCII digits, character by character."""
    if text.isascii():
        return text.lower()
    if len(text) < _SHORT:
        return text.translate(_FOLD_SHORT)
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    return _FOLD.take(points).tobytes().decode("ascii")


def known_places(names: Iterable[str]) -> frozenset[str]:
    """Names of places as `is_place` looks them up: as they are written, and without diacritics."""
    composed = [unicodedata.normalize("NFC", name) for name in names]
    return frozenset(map(fold, composed)) | frozenset(map(_spelling, composed))


def is_place(name: str, places: frozenset[str]) -> bool:
    """Whether `name`, composed, is one of `places`: with its diacritics if it has any, else without."""
    if name.isascii():
        return name.lower() in places
    return fold(name) in places and _spelling(name) in places


def _spelling(name: str) -> str:
    """In lower case, each word's marks behind its letters: "Hoà" and "Hòa" are one name."""
    return " ".join(map(_marks_last, unicodedata.normalize("NFD", name.lower()).split()))


def _marks_last(word: str) -> str:
    marks = sorted(letter for letter in word if unicodedata.combining(letter))
    return "".join([letter for letter in word if not unicodedata.combining(letter)] + marks)


class View(NamedTuple):
    """The two readings of one text, and its words in lower case with their punctuation."""

    composed: str
    folded: str
    words: list[str]

    def is_place(self, places: frozenset[str]) -> bool:
        """Whether the whole text is the name of one of `places`."""
        name = self.composed.strip()
        return (len(name) < len(self.composed) or self.folded in places) and is_place(name, places)


def view(text: str) -> View:
    """Read `text`, in whatever normal form it was typed."""
    composed = text if text.isascii() else unicodedata.normalize("NFC", text)
    return as_typed(composed)


def as_typed(text: str) -> View:
    """Read `text` without composing it."""
    return View(text, fold(text), text.lower().split())


def origins(text: str, composed: str) -> Sequence[int] | None:
    """Where in `text` each character of its composed form began, and the end of `text` as the last entry.

    None where marks of other scripts compose in ways that are not followed here.
    """
    if composed is text or composed == text:
        return range(len(text) + 1)
    pieces: list[str] = []
    origin: list[int] = []
    for cluster in _CLUSTER.finditer(text):
        piece = unicodedata.normalize("NFC", cluster.group())
        pieces.append(piece)
        origin.extend([cluster.start()] * len(piece))
    origin.append(len(text))
    return origin if "".join(pieces) == composed else None
