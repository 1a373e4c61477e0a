"""Whether somebody in office is accused, and in which role: an office near a deed, by the lexicon's words.

Recall comes first. A deed without an office, money beside an office, harassment by any body, an office that
the reporter wants to keep in the dark: each is sensitive even when nobody is recognised, and `audience.py`
then keeps the case at the province.
"""

from dataclasses import dataclass

from services.routing.domain.case import Role
from services.routing.domain.named import Found, kept_out
from services.routing.domain.text import Text
from services.routing.domain.told import Office, Told, told_by
from shared.contracts.vocabulary import Category

_PUBLIC = frozenset(
    {"agency_province", "commune_vice_chair", "commune_chair", "commune_police", "commune_official"}
)
_FRIENDLY = ("khen", "gop_y")
_AFRAID = ("an_danh", "to_cao")
_NOT_INSIDE = frozenset({"hamlet_head", "school"})
_UTILITIES = frozenset({"dien_luc"})
"""Whose staff does daily work among residents: to name one is no accusation yet."""


@dataclass(frozen=True, slots=True)
class Accusation:
    """`deed`: some wrongdoing in office is told; `denounced`: by somebody whose office is known."""

    role: Role | None
    kind: str | None
    """The kind of body of an accused agency of the province, if exactly one is named."""
    sensitive: bool
    deed: bool
    denounced: bool
    corrupt: bool
    """An official, not a hamlet's head or a school, took an advantage."""
    party: bool
    words: tuple[str, ...]
    involved: tuple[Role, ...]
    """Every office within reach of a deed, the accused among them."""
    named: tuple[str, ...]
    """Kinds of bodies of the province that must not know of the case if it is guarded."""


def accusation(text: Text, found: Found, category: Category) -> Accusation:
    """Reads who is accused of what from the signals of a text."""
    told = told_by(text, found)
    corrupt = category == "tham-nhung-tieu-cuc"
    praised = _praised(told, found, corrupt=corrupt)
    offices = () if praised else _accused(told, corrupt=corrupt)
    role, office = offices[0] if offices else (None, None)
    # Who denounces, or fears somebody, may mean any office that is named.
    meant = told.offices if any(tag in found for tag in _AFRAID) else offices
    kinds = tuple(kept_out(told.bodies))
    deeds = (*told.grave, *told.acts)
    words = (*((office,) if office else ()), *deeds[:3], *(*told.rude, *told.manner)[:3])
    return Accusation(
        role=role,
        kind=kinds[0] if role == "agency_province" and len(kinds) == 1 else None,
        sensitive=not praised and (role is not None or _doubtful(told, text, found, category)),
        deed=bool(told.grave) or role is not None,
        denounced="to_cao" in found or (role is not None and (bool(deeds or told.money) or corrupt)),
        corrupt=role in _PUBLIC and bool(told.grave or told.money),
        party="dang" in found,
        words=tuple(hit.term.phrase for hit in words),
        involved=tuple(dict.fromkeys((*(office[0] for office in meant), *told.beside()))),
        named=kinds,
    )


def suspects(text: Text, found: Found) -> tuple[str, ...]:
    """Kinds of bodies of the province to keep out, whatever else is made of a text."""
    return tuple(kept_out(told_by(text, found).bodies))


def _praised(told: Told, found: Found, *, corrupt: bool) -> bool:
    """Whether a text praises or suggests, and neither tells bad things of an office nor fears it."""
    friendly = any(tag in found for tag in _FRIENDLY) and not any(tag in found for tag in _AFRAID)
    return friendly and not (told.grave or corrupt or told.direct or told.charged() or told.harassed())


def _accused(told: Told, *, corrupt: bool) -> tuple[Office, ...]:
    """The offices that are accused, the highest first; of corruption any office at all."""
    near = told.accused()
    others = [office for office in told.offices if office not in near] if corrupt else []
    return (*near, *others)


def _doubtful(told: Told, text: Text, found: Found, category: Category) -> bool:
    """Signs of an accusation without anybody accused; each alone is enough."""
    return bool(
        told.grave
        or told.charged()
        or told.harassed()
        or told.priced(text)
        or category == "tham-nhung-tieu-cuc"
        or (category == "tthc-thai-do-can-bo" and (told.rude or told.manner))
        or any(tag in found for tag in _AFRAID)
        or _insider(told, found)
    )


def _insider(told: Told, found: Found) -> bool:
    """Whether a text only names somebody in office, and asks for nothing."""
    utilities = [body.hit for body in told.bodies if body.kind in _UTILITIES]
    offices = [role for role, hit in told.offices if hit not in utilities]
    asks = any(tag in found for tag in ("hoi_dap", "kien_nghi"))
    return bool(offices) and offices[0] not in _NOT_INSIDE and not asks
