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
_NEAR = 30
"""How many words may lie between an office and the deed it is accused of."""
_TAKING = frozenset(
    {"an", "bieu", "cam", "cat", "chi", "doi", "dua", "dut", "giu", "ke", "kem", "lay", "nhan", "rut"}
    | {"thu", "tieu", "tra", "tru", "voi", "xai", "xin"}
)
_ASKING = frozenset({"doi", "voi", "dua", "xin", "kem", "dut", "bieu"})
_PRICE = frozenset({"moi", "thi"})
_UNITS = frozenset({"trieu", "tr", "nghin", "ngan", "ty", "ti"})
_AMOUNT = re.compile(r"\d+(?:tr\d*|trieu|k)")


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
    mild = tuple(found.get("viec_nhe", ()))
    corrupt = category == "tham-nhung-tieu-cuc"
    friendly = any(tag in found for tag in ("khen", "gop_y"))
    praised = friendly and not grave and not corrupt
    offices = () if praised else _offices(found)
    taken = _money(text)
    money = taken if offices else ()
    role, office = _accused(offices, (*deeds, *rude, *mild), money, corrupt)
    asks = any(tag in found for tag in ("hoi_dap", "kien_nghi"))
    insider = bool(offices) and offices[0][0] not in ("hamlet_head", "school") and not asks
    conduct = bool(rude) and category == "tthc-thai-do-can-bo"
    afraid = "an_danh" in found or "to_cao" in found
    doubtful = bool(grave) or corrupt or conduct or insider or afraid or _favour(text, taken)
    return Accusation(
        role=role,
        kind=_agency(found) if role == "agency_province" else None,
        sensitive=not praised and (role is not None or doubtful),
        deed=bool(grave) or role is not None,
        denounced="to_cao" in found or (role is not None and (bool(deeds) or corrupt or bool(money))),
        corrupt=role in _PUBLIC and (bool(grave) or bool(money)),
        party="dang" in found,
        words=tuple(hit.term.phrase for hit in (*((office,) if office else ()), *deeds[:3], *rude[:3])),
    )


def _accused(
    offices: Sequence[tuple[Role, Hit]], deeds: Sequence[Hit], money: Sequence[int], corrupt: bool
) -> tuple[Role | None, Hit | None]:
    """The highest office within reach of a deed or of money; of corruption any office at all."""
    at = [deed.start for deed in deeds] + list(money)
    for role, office in offices:
        if any(-_NEAR <= start - office.end <= _NEAR for start in at):
            return role, office
    return offices[0] if corrupt and offices else (None, None)


def _money(text: Text) -> tuple[int, ...]:
    """Where somebody takes or gives an amount: the verb's place, the amount within eight words."""
    keys = text.keys
    amounts = [
        at for at, key in enumerate(keys) if key in _UNITS or (key[0].isdigit() and _AMOUNT.fullmatch(key))
    ]
    verbs = (range(max(0, at - 8), at) for at in amounts)
    return tuple(sorted({start for near in verbs for start in near if keys[start] in _TAKING}))


def _favour(text: Text, taken: Sequence[int]) -> bool:
    """Whether an amount is the price of an act (`đòi 5 triệu mới cấp sổ`), whoever asks for it."""
    return any(
        text.keys[start] in _ASKING and not _PRICE.isdisjoint(text.keys[start + 2 : start + 9])
        for start in taken
    )


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
