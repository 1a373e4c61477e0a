"""Whether somebody in office is accused, and in which role: an office near a deed, by the lexicon's words.

Recall comes first. A deed without an office, money beside an office, harassment by any body, an office that
the reporter wants to keep in the dark: each is sensitive even when nobody is recognised, and `audience.py`
then keeps the case at the province.
"""

from dataclasses import dataclass
from typing import cast

from services.routing.domain.case import Role
from services.routing.domain.linear import Scores
from services.routing.domain.named import Found, kept_out, turned_to
from services.routing.domain.text import Text
from services.routing.domain.told import Office, Told, told_by
from shared.contracts.vocabulary import Category

_PUBLIC = frozenset(
    {"agency_province", "commune_vice_chair", "commune_chair", "commune_police", "commune_official"}
)
_LEADING = frozenset({"agency_province", "commune_vice_chair", "commune_chair", "commune_police"})
_FRIENDLY = frozenset({"khen", "gop_y"})
_ASKING = frozenset({"kien_nghi", "hoi_dap"})
_NO_COMPLAINT = _FRIENDLY | _ASKING
_AFRAID = frozenset({"an_danh", "to_cao"})
_NOT_INSIDE = frozenset({"hamlet_head", "school"})
_SUSPECTED = 0.5
"""Below this score of `nobody is accused` somebody is, though the lexicon recognises no office."""
_UNSUSPECTED = 0.55
"""From this score on the model sees nothing to guard."""
_THANKED = 0.3
"""From this score on praise is praise; below it the words of praise may be bitter."""
_CLEARED = 1.0
"""From this score on to name an office, with no deed beside it, is no accusation."""
_SURER = 0.3
"""By how much the model must prefer another office to the one that the lexicon recognised."""
_BEHIND: tuple[Role, ...] = ("commune_official",)
"""Whom an office that is only guessed, or a low one beside a grave deed, may hide: the commune stays out."""
_LOW = frozenset({"hamlet_head", "school"})
_CHILDREN = "tre-em-bao-luc-gd"
_QUOTES = frozenset('"“”')
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


def accusation(text: Text, found: Found, category: Category, said: Scores) -> Accusation:
    """Reads who is accused of what from the signals of a text, and from what the model makes of its words."""
    told = told_by(text, found)
    corrupt = category == "tham-nhung-tieu-cuc"
    innocent = said.value("accused:none", unknown=1.0)
    praised = innocent >= _THANKED and _praised(told, found, corrupt=corrupt)
    cleared = innocent >= _CLEARED
    offices = () if praised else _accused(told, text, found, corrupt=corrupt, cleared=cleared)
    recognised = None if praised else _recognised(offices, told, text, found, category)
    role = None if praised else _weighed(recognised, innocent, said)
    by_model = role != recognised
    # Who denounces, or fears somebody, may mean any office that is named.
    meant = offices if _AFRAID.isdisjoint(found) else told.offices
    kinds = tuple(kept_out(told.bodies))
    deeds = (*told.grave, *told.acts)
    words = (*(hit for _, hit in offices[:1]), *deeds[:3], *(*told.rude, *told.manner)[:3])
    # A low office without a deed that was read may stand beside a higher one that was not.
    unread = not (deeds or told.rude or told.manner)
    hidden = _BEHIND if by_model or (role in _LOW and (told.grave or unread)) else ()
    # Whom the lexicon recognised is kept out as well, whoever the model prefers.
    also = (recognised,) if recognised else ()
    involved = (*(role for role, _ in meant), *also, *hidden, *told.beside())
    signs = _doubtful(told, text, found, category) or (not cleared and _insider(told, found))
    doubtful = role is not None or innocent < _UNSUSPECTED or signs
    took = bool(told.grave or told.money)
    return Accusation(
        role=role,
        kind=kinds[0] if role == "agency_province" and len(kinds) == 1 else None,
        sensitive=not praised and doubtful,
        deed=bool(told.grave) or role is not None,
        denounced="to_cao" in found
        or (role is not None and (bool(deeds or told.money) or corrupt or role in _LEADING)),
        corrupt=(role in _PUBLIC and took)
        or (role in _LEADING and not by_model and _for_gain(found, category)),
        party="dang" in found,
        words=(
            *(hit.term.phrase for hit in words),
            *(said.words(f"accused:{role}") if by_model else ()),
        ),
        involved=tuple(dict.fromkeys(involved)),
        named=kinds,
    )


def suspects(text: Text, found: Found) -> tuple[str, ...]:
    """Kinds of bodies of the province to keep out, whatever else is made of a text."""
    return tuple(kept_out(told_by(text, found).bodies))


def _praised(told: Told, found: Found, *, corrupt: bool) -> bool:
    """Whether a text praises or suggests, and neither tells bad things of an office nor fears it."""
    friendly = not _FRIENDLY.isdisjoint(found) and _AFRAID.isdisjoint(found)
    return friendly and not (told.grave or corrupt or told.direct or told.charged() or told.harassed())


def _accused(told: Told, text: Text, found: Found, *, corrupt: bool, cleared: bool) -> tuple[Office, ...]:
    """The offices that are accused, the highest first; of corruption any office at all.

    Who names an office and neither turns to it, nor praises, suggests or asks for something, complains of it,
    unless the words are `cleared`.
    """
    near = told.accused()
    if corrupt:
        return (*near, *(office for office in told.offices if office not in near))
    if near or cleared or not told.offices or not _NO_COMPLAINT.isdisjoint(found):
        return near
    return tuple(
        (role, hit) for role, hit in told.offices if role not in _NOT_INSIDE and not turned_to(text, hit)
    )


def _recognised(
    offices: tuple[Office, ...], told: Told, text: Text, found: Found, category: Category
) -> Role | None:
    """The office that is accused by the lexicon: named, or meant by the matter."""
    return offices[0][0] if offices else _implied(told, text, found, category)


def _implied(told: Told, text: Text, found: Found, category: Category) -> Role | None:
    """Who must be meant though no office is named: a school that takes or punishes, a desk that is rude."""
    if not _NO_COMPLAINT.isdisjoint(found):
        return None
    if told.grave or not _AFRAID.isdisjoint(found):
        # Of what is grave nobody is taken for the accused by the matter alone.
        return None
    school = "vai:school" in found or (category == "giao-duc" and category in found)
    if school and "viec_truong" in found and category in ("giao-duc", _CHILDREN):
        return "school"
    # Residents quote what the desk said to them.
    if category == "tthc-thai-do-can-bo" and "khieu_nai" not in found:
        rude = told.rude or told.manner or not _QUOTES.isdisjoint(text.original)
        return "commune_official" if rude else None
    return None


def _weighed(recognised: Role | None, innocent: float, said: Scores) -> Role | None:
    """Who is accused: whom the lexicon recognised, unless the model is much surer of another; of nobody
    recognised the model's answer, if it thinks that somebody is."""
    if not said.of("accused")[0] or (recognised is None and innocent >= _SUSPECTED):
        return recognised
    likely = _likeliest(said)
    if recognised is None:
        return likely
    surer = said.value(f"accused:{likely}") > said.value(f"accused:{recognised}") + _SURER
    return likely if surer else recognised


def _likeliest(said: Scores) -> Role:
    """The office that the model thinks of most."""
    scored = zip(*said.of("accused"), strict=True)
    return cast(Role, max((score, role) for role, score in scored if role != "none")[1])


def _for_gain(found: Found, category: Category) -> bool:
    """What leaders, the police and agencies are accused of is taken for corruption, but for how they work."""
    return category != "tthc-thai-do-can-bo" and "khieu_nai" not in found


def _doubtful(told: Told, text: Text, found: Found, category: Category) -> bool:
    """Signs of an accusation without anybody accused; each alone is enough."""
    return bool(
        told.grave
        or told.charged()
        or told.harassed()
        or told.priced(text)
        or category == "tham-nhung-tieu-cuc"
        or (category == "tthc-thai-do-can-bo" and (told.rude or told.manner))
        or not _AFRAID.isdisjoint(found)
    )


def _insider(told: Told, found: Found) -> bool:
    """Whether a text only names somebody in office, and asks for nothing."""
    utilities = [body.hit for body in told.bodies if body.kind in _UTILITIES]
    offices = [role for role, hit in told.offices if hit not in utilities]
    return bool(offices) and offices[0] not in _NOT_INSIDE and _ASKING.isdisjoint(found)
