"""Whether somebody in office is accused, and in which role: an office near a deed, by the lexicon's words.

Recall comes first. A deed without an office, money beside an office, an office that the reporter wants to
keep in the dark: each is sensitive even when nobody is recognised, and `audience.py` then keeps the case at
the province.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.routing.domain.case import Role
from services.routing.domain.lexicon import Hit
from services.routing.domain.text import Text
from shared.contracts.vocabulary import Category

_ROLES: tuple[Role, ...] = (
    "agency_province",
    "commune_vice_chair",
    "commune_chair",
    "commune_police",
    "hamlet_head",
    "school",
    "commune_official",
)
_PUBLIC = frozenset(
    {"agency_province", "commune_vice_chair", "commune_chair", "commune_police", "commune_official"}
)
_LEADERS = ("vai:agency_province", "vai:commune_vice_chair", "vai:commune_chair")
_NEAR = 30
"""How many words may lie between an office and the deed it is accused of."""
_MONEY = re.compile(
    r" (?:nhan|doi|lay|cam|an|voi|xin|giu|bo tui|tieu|xai|thu|dua|bieu|dut|tra|chi|ke|rut|kem|cat|tru)"
    r" (?:\w+ ){0,7}?(?:trieu|tr|nghin|ngan|ty|ti|tram nghin|\d+tr|\d+trieu|\d+k|phan tram) "
)


@dataclass(frozen=True, slots=True)
class Accusation:
    """`deed`: some wrongdoing in office is told; `denounced`: by somebody whose office is known."""

    role: Role | None
    kind: str | None
    sensitive: bool
    deed: bool
    denounced: bool
    corrupt: bool
    """An official, not a hamlet's head or a school, took an advantage."""
    party: bool
    words: tuple[str, ...]


Found = Mapping[str, Sequence[Hit]]


def accusation(text: Text, found: Found, category: Category) -> Accusation:
    """Reads who is accused of what from the signals of a text."""
    grave = tuple(found.get("hanh_vi", ()))
    deeds = (*grave, *found.get("viec_lam", ()))
    rude = tuple(found.get("thai_do", ()))
    corrupt = category == "tham-nhung-tieu-cuc"
    friendly = any(tag in found for tag in ("khen", "gop_y"))
    praised = friendly and not grave and not corrupt
    offices = () if praised else _offices(found)
    role, office, at_deed = _accused(text, offices, (*deeds, *rude), corrupt)
    secret = "an_danh" in found
    leader = any(tag in found for tag in _LEADERS) and not praised and "hoi_dap" not in found
    return Accusation(
        role=role,
        kind=_agency(found) if role == "agency_province" else None,
        sensitive=not praised and (bool(grave) or role is not None or corrupt or secret or leader),
        deed=bool(grave) or role is not None,
        denounced=role is not None and (bool(deeds) or corrupt or at_deed),
        corrupt=role in _PUBLIC and (bool(grave) or at_deed or _money(text)),
        party="dang" in found,
        words=tuple(hit.term.phrase for hit in (*((office,) if office else ()), *deeds[:3], *rude[:3])),
    )


def _accused(
    text: Text,
    offices: Sequence[tuple[Role, Hit]],
    deeds: Sequence[Hit],
    corrupt: bool,
) -> tuple[Role | None, Hit | None, bool]:
    """The highest office within reach of a deed; beside money; or, of corruption, any office at all."""
    for role, office in offices:
        if any(-_NEAR <= deed.start - office.end <= _NEAR for deed in deeds):
            return role, office, False
    if corrupt and offices:
        return (*offices[0], False)
    if not offices or not _money(text):
        return None, None, False
    for role, office in offices:
        if role in ("hamlet_head", "commune_official", "commune_police"):
            return role, office, True
    return None, None, False


def _money(text: Text) -> bool:
    return _MONEY.search(f" {' '.join(text.keys)} ") is not None


def _offices(found: Found) -> tuple[tuple[Role, Hit], ...]:
    """Offices named, the highest role first; an office inside the name of another is not named itself."""
    hits = [(role, hit) for role in _ROLES for hit in found.get(f"vai:{role}", ())]
    hidden = [hit for _, hit in hits] + list(found.get("khong_vai", ()))
    return tuple((role, hit) for role, hit in hits if not any(_inside(hit, other) for other in hidden))


def _inside(hit: Hit, other: Hit) -> bool:
    wider = other.end - other.start > hit.end - hit.start
    return wider and other.start <= hit.start and hit.end <= other.end


def _agency(found: Found) -> str | None:
    """The kind of body of the accused agency, if it is named."""
    for tag in found:
        if tag.startswith("co_quan:"):
            return tag.removeprefix("co_quan:")
    return None
