"""Finding the places that a text names: the longest name first, its type beside it, exact where it can be.

In a text with diacritics only the exact name counts, so Đồng Kỳ is never Đồng Kỵ; in one without, every
unit of that folded name is meant.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from services.routing.domain.names import Name, Names
from services.routing.domain.text import Text

_TYPES = frozenset(
    {"xa", "phuong", "thi tran", "huyen", "thi xa", "thanh pho", "tinh", "quan", "thon", "to dan pho"}
)
_ENDINGS = frozenset(phrase.split()[-1] for phrase in _TYPES)
_COMMUNE_TYPES = frozenset({"xa", "phuong", "thi tran"})
_LOCATING = frozenset(
    {"o", "tai", "ve", "que", "cho", "khu", "thon", "den", "qua", "ubnd", "doan", "phia", "dan"}
)
_FORMER = frozenset({"cu", "truoc"})
_RESIDENT = frozenset({"toi", "em", "e", "nha", "tru", "cu tru", "que", "minh", "chau"})


class Mention(NamedTuple):
    """Words [start, end) name one of `names`. `typed`: the folded type before it, or an empty string."""

    start: int
    end: int
    names: tuple[Name, ...]
    typed: str
    former: bool
    resident: bool
    located: bool
    market: bool
    """`chợ Chũ`: the market of a commune, not of a district of that name."""


@dataclass(frozen=True, slots=True)
class _Told:
    names: Names
    common: frozenset[str]
    as_place: bool


def mentions(
    text: Text, names: Names, common: frozenset[str], told_as_place: bool = False
) -> Iterator[Mention]:
    """The places named in a text, in its order. `told_as_place`: a form's field, where a bare name counts."""
    told = _Told(names, common, told_as_place)
    end = 0
    for start in names.starts(text.keys):
        found = _at(text, start, told) if start >= end else None
        if found is not None:
            yield found
            end = found.end


def _at(text: Text, start: int, told: _Told) -> Mention | None:
    keys = text.keys
    known = told.names.at(keys, start)
    if not known:
        return None
    typed = _type_before(text, start)
    for end, same in reversed(known):
        length = end - start
        if not (told.as_place or typed or _stands_alone(text, start, length, same, told)):
            continue
        meant = _meant(text, start, end, same, typed)
        if meant:
            return Mention(
                start,
                end,
                meant,
                typed,
                former=end < len(keys) and keys[end] in _FORMER,
                resident=_resident(keys, start - len(typed.split())),
                located=start > 0 and keys[start - 1] in _LOCATING,
                market=start > 0
                and (text.words[start - 1] == "chợ" or (length == 1 and keys[start - 1] == "cho")),
            )
    return None


def _type_before(text: Text, start: int) -> str:
    """The folded word or words of a type directly before `start`."""
    keys = text.keys
    if not start or keys[start - 1] not in _ENDINGS:
        return ""
    for size in (2, 1, 3):
        if start < size:
            continue
        phrase = keys[start - 1] if size == 1 else " ".join(keys[start - size : start])
        if phrase in _TYPES and _really(text, start - size, start, phrase):
            return phrase
    return ""


def _really(text: Text, start: int, end: int, phrase: str) -> bool:
    """In a text with diacritics `xa` is far and `xã` a commune."""
    if not text.marked:
        return True
    said = " ".join(text.words[start:end])
    return said == phrase if phrase.isascii() and said.isascii() else said != phrase


def _stands_alone(text: Text, start: int, length: int, same: tuple[Name, ...], told: _Told) -> bool:
    """Whether a name without its type is a name at all."""
    if start and text.keys[start - 1] == "vung":
        return False
    located = start > 0 and text.keys[start - 1] in _LOCATING
    if text.marked:
        if not text.capital(start):
            return length > 1 and any(name.kind == "far_province" and not name.type_word for name in same)
        return length > 1 or located
    if all(name.kind == "far" for name in same) or _type_of_next(text, start, told):
        return False
    if length == 1:
        return start > 0 and text.keys[start - 1] == "cho"
    return located or " ".join(text.keys[start : start + length]) not in told.common


def _type_of_next(text: Text, start: int, told: _Told) -> bool:
    """`phuong mao dien` is phường Mão Điền, not Phượng Mao: the word is the type of the name after it."""
    if text.keys[start] not in _COMMUNE_TYPES or start + 1 >= len(text.keys):
        return False
    return any(
        end - start > 2 and any(name.kind in ("commune", "former") for name in same)
        for end, same in told.names.at(text.keys, start + 1)
    )


def _meant(text: Text, start: int, end: int, same: tuple[Name, ...], typed: str) -> tuple[Name, ...]:
    said = text.words[start:end]
    plain = said == text.keys[start:end]
    if plain and not (text.marked and _always_marked(same)):
        exact = tuple(name for name in same if name.words == said)
        fitting = exact or same
    else:
        fitting = tuple(name for name in same if name.words == said)
    if not typed:
        return fitting
    agreeing = tuple(name for name in fitting if agrees(name, typed))
    if not agreeing:
        return _other_types(fitting, typed)
    if typed in _COMMUNE_TYPES and all(name.kind == "far" for name in agreeing):
        # One far away is of that type, too: ours is no longer as likely, and still a candidate.
        return (*agreeing, *(name for name in fitting if name.kind in ("commune", "former")))
    return agreeing


def _always_marked(same: tuple[Name, ...]) -> bool:
    return False if not same else all(len(name.words) == 1 for name in same)


def _other_types(fitting: tuple[Name, ...], typed: str) -> tuple[Name, ...]:
    """Residents say xã for a phường; they do not say huyện for a commune."""
    if typed in _COMMUNE_TYPES:
        return tuple(name for name in fitting if name.kind in ("commune", "former"))
    if typed in ("thon", "to dan pho"):
        return tuple(name for name in fitting if name.kind in ("commune", "former", "hamlet"))
    return tuple(name for name in fitting if name.kind in ("far", "far_province", "home", "region"))


def agrees(name: Name, typed: str) -> bool:
    """Whether a name's type is the one that was said."""
    return _FOLDED.get(name.type_word) == typed


_FOLDED = {
    "xã": "xa",
    "phường": "phuong",
    "thị trấn": "thi tran",
    "huyện": "huyen",
    "thị xã": "thi xa",
    "thành phố": "thanh pho",
    "tỉnh": "tinh",
    "quận": "quan",
    "thôn": "thon",
    "tổ dân phố": "to dan pho",
}


def _resident(keys: tuple[str, ...], before: int) -> bool:
    """`tôi ở`, `nhà tôi ở`, `trú tại`, `quê`: where somebody lives, which need not be where it happened."""
    if before < 1 or keys[before - 1] not in ("o", "tai", "que"):
        return False
    return keys[before - 1] == "que" or (before > 1 and keys[before - 2] in _RESIDENT)
