"""Whether somebody in office is accused, and in which role: an office near a deed, in the words of the lexicon.

Recall comes first: a deed without an office, or an office named in a complaint of conduct, is sensitive even
when nobody is recognised; `audience.py` then keeps the case at the province.
"""

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
_NEAR = 30
"""How many words may lie between an office and the deed it is accused of."""


@dataclass(frozen=True, slots=True)
class Accusation:
    """`deed`: some wrongdoing in office is told; `denounced`: by somebody whose office is known."""

    role: Role | None
    kind: str | None
    sensitive: bool
    deed: bool
    denounced: bool
    party: bool
    words: tuple[str, ...]


def accusation(text: Text, found: dict[str, list[Hit]], category: Category) -> Accusation:
    """Reads who is accused of what from the signals of a text."""
    grave = found.get("hanh_vi", [])
    rude = found.get("thai_do", [])
    deeds = grave + rude
    praised = "khen" in found and not grave
    role, office = _nearest(found, deeds) if deeds and not praised else (None, None)
    corrupt = category == "tham-nhung-tieu-cuc"
    if role is None and corrupt:
        role, office = _first(found)
    kind = _agency(found) if role == "agency_province" else None
    words = tuple(hit.term.phrase for hit in ([office] if office else []) + deeds[:4])
    return Accusation(
        role=role,
        kind=kind,
        sensitive=not praised and (bool(grave) or role is not None or corrupt),
        deed=bool(deeds),
        denounced=role is not None and (bool(grave) or corrupt),
        party="dang" in found,
        words=words,
    )


def _nearest(found: dict[str, list[Hit]], deeds: list[Hit]) -> tuple[Role | None, Hit | None]:
    """The highest office within reach of a deed."""
    for role in _ROLES:
        for office in found.get(f"vai:{role}", ()):
            if any(-_NEAR <= deed.start - office.end <= _NEAR for deed in deeds):
                return role, office
    return None, None


def _first(found: dict[str, list[Hit]]) -> tuple[Role | None, Hit | None]:
    for role in _ROLES:
        for office in found.get(f"vai:{role}", ()):
            return role, office
    return None, None


def _agency(found: dict[str, list[Hit]]) -> str | None:
    """The kind of body of the accused agency, if it is named."""
    for tag in found:
        if tag.startswith("co_quan:"):
            return tag.removeprefix("co_quan:")
    return None
