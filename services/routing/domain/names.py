"""Every name that means a place, for one period of the map: present and former units, far places too.

A name's targets are units valid in the period: itself, what a former commune became, or the communes of a
district (also of a district that is no more).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.routing.domain.ruleset import Landmark, PlaceRules
from services.routing.domain.text import read
from services.routing.domain.trie import Trie
from shared.units import Unit, UnitMap

Kind = Literal["commune", "former", "region", "hamlet", "landmark", "home", "far_province", "far"]

FIRST_DAY = date(2024, 1, 1)
LAST_DAY = date(9999, 1, 1)
TYPE_WORDS: Mapping[str, str] = {
    "xa": "xã",
    "phuong": "phường",
    "thi_tran": "thị trấn",
    "dac_khu": "đặc khu",
    "quan": "quận",
    "huyen": "huyện",
    "thi_xa": "thị xã",
    "thanh_pho_thuoc_tinh": "thành phố",
    "thanh_pho": "thành phố",
    "tinh": "tỉnh",
    "thon": "thôn",
    "to_dan_pho": "tổ dân phố",
}


@dataclass(frozen=True, slots=True)
class Name:
    """One meaning of a name: its exact words, what it is, its type's word, the units it stands for.

    `within`: of a hamlet the commune.
    """

    words: tuple[str, ...]
    kind: Kind
    type_word: str
    targets: tuple[str, ...]
    within: str | None = None


Names = Trie[Name]


def turning_points(units: UnitMap) -> tuple[date, ...]:
    """The dates on which some unit began or ended, from the first day that the rules cover."""
    seen: set[date] = set()
    waiting = {FIRST_DAY, LAST_DAY}
    while waiting:
        day = waiting.pop()
        seen.add(day)
        for unit in units.units(day):
            waiting |= {d for d in (unit.valid_from, unit.valid_to) if d and d > FIRST_DAY and d not in seen}
    return tuple(sorted(seen - {LAST_DAY}))


def homes_on(units: UnitMap, home: str, on: date, days: tuple[date, ...]) -> tuple[str, ...]:
    """The province that is home (its code of today), or those that became it, today's name first."""
    today = units.by_code(home, days[-1], "province")
    if today is None:
        return ()
    if units.unit(today.id, on):
        return (today.id,)
    before = [units.unit(edge.from_id, on) for edge in units.predecessors(today.id, days[-1])]
    named = [unit for unit in before if unit is not None]
    return tuple(unit.id for unit in sorted(named, key=lambda unit: (unit.name != today.name, unit.code)))


def home_names(
    units: UnitMap, rules: PlaceRules, home: str, on: date, days: tuple[date, ...]
) -> Iterator[Name]:
    """The meanings, on a date, of the home province's names of that date and of earlier ones."""
    seen: set[tuple[str, str]] = set()
    for day in reversed([d for d in days if d <= on]):
        for province in homes_on(units, home, day, days):
            for unit in units.units(day, province=province):
                mark = (unit.id, unit.name + unit.type)
                if mark not in seen:
                    seen.add(mark)
                    yield from _meaning(units, unit, on)
    for landmark in rules.landmarks:
        yield from _landmark(units, landmark, homes_on(units, home, on, days), on)


def _meaning(units: UnitMap, unit: Unit, on: date) -> Iterator[Name]:
    words = read(unit.name).words
    type_word = TYPE_WORDS[unit.type]
    present = units.unit(unit.id, on)
    if unit.level == "province":
        yield Name(words, "home", type_word, ())
    elif unit.level == "district":
        yield Name(words, "region", type_word, _communes(units, unit, on))
    elif unit.level == "hamlet":
        if present is not None:
            yield Name(words, "hamlet", type_word, (unit.id,), present.parent)
    elif present is not None:
        yield Name(words, "commune", type_word, (unit.id,))
    else:
        yield Name(words, "former", type_word, tuple(heir for heir, _ in units.present_of(unit.id, on)))


def _communes(units: UnitMap, district: Unit, on: date) -> tuple[str, ...]:
    if district.valid_at(on):
        return tuple(unit.id for unit in units.children(district.id, on))
    return tuple(heir for heir, _ in units.present_of(district.id, on))


def _landmark(units: UnitMap, landmark: Landmark, homes: tuple[str, ...], on: date) -> Iterator[Name]:
    if not (landmark.valid_from <= on and (landmark.valid_to is None or on < landmark.valid_to)):
        return
    targets = [
        unit.id
        for province in homes
        for unit in units.units(on, "commune", province)
        if unit.name in landmark.communes
    ]
    if targets:
        yield Name(read(landmark.phrase).words, "landmark", "", tuple(targets))


def far_names(units: UnitMap, rules: PlaceRules, home: str, days: tuple[date, ...]) -> tuple[Name, ...]:
    """Names of everything outside the home province, old and new: to know that a report is not ours."""
    out: dict[tuple[str, str, str], Name] = {}
    for day in days:
        homes = set(homes_on(units, home, day, days))
        for unit in units.units(day):
            if unit.level == "hamlet" or not unit.name[0].isalpha() or unit.id in homes:
                continue
            above = units.province_of(unit.id, day)
            if above is not None and above.id in homes:
                continue
            kind: Kind = "far_province" if unit.level == "province" else "far"
            name = Name(read(unit.name).words, kind, TYPE_WORDS[unit.type], ())
            out[(unit.name, kind, name.type_word)] = name
    for phrase in rules.outside:
        out[(phrase, "far_province", "")] = Name(read(phrase).words, "far_province", "", ())
    return tuple(out.values())


def index(names: Iterable[Name]) -> Names:
    """Names by their folded words."""
    return Trie((read(" ".join(name.words)).keys, name) for name in names)
