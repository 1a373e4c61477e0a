"""What a text tells of offices and deeds: the signs that an accusation is read from."""

import re
from collections.abc import Iterable, Sequence
from itertools import compress, count
from typing import NamedTuple

from services.routing.domain.case import Role
from services.routing.domain.lexicon import Hit
from services.routing.domain.named import Found, Named, follows, inside, named_bodies
from services.routing.domain.remembered import Remembered
from services.routing.domain.text import Text

_ROLES: tuple[Role, ...] = (
    "agency_province",
    "commune_vice_chair",
    "commune_chair",
    "commune_police",
    "hamlet_head",
    "school",
    "commune_official",
)
_TAGS = tuple((role, f"vai:{role}") for role in _ROLES)
ROLE_TAGS = tuple(tag for _, tag in _TAGS)
"""The lexicon's tags of offices."""
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
_AMOUNTS = Remembered(lambda key: key in _UNITS or _AMOUNT.fullmatch(key) is not None)
"""Whether a folded word is an amount or its unit."""

Office = tuple[Role, Hit]


class Told(NamedTuple):
    """`grave` and `acts`: deeds; `rude`: harassment; `manner`: bearing, good or bad; `mild`: neglect, fees.

    `taken`: the words at which somebody takes or gives an amount of money. `offices`: the highest role first.
    """

    offices: tuple[Office, ...]
    bodies: tuple[Named, ...]
    grave: tuple[Hit, ...]
    acts: tuple[Hit, ...]
    rude: tuple[Hit, ...]
    manner: tuple[Hit, ...]
    mild: tuple[Hit, ...]
    taken: tuple[int, ...]
    direct: bool
    """Whether a deed directly follows an office."""

    @property
    def money(self) -> tuple[int, ...]:
        """Money that an office may have taken."""
        return self.taken if self.offices else ()

    def accused(self) -> tuple[Office, ...]:
        """The offices within reach of a deed of any kind or of money."""
        at = [hit.start for hit in (*self.grave, *self.acts, *self.rude, *self.manner, *self.mild)]
        return tuple((role, hit) for role, hit in self.offices if _within(hit, (*at, *self.money)))

    def charged(self) -> bool:
        """Whether a deed is told of a body that is named."""
        return any(body.charged for body in self.bodies)

    def beside(self) -> tuple[Role, ...]:
        """The levels of bodies that may have part in a deed: it is told of them, or near them below the
        province (`UBND xã và trưởng thôn nhận tiền`)."""
        if not self.bodies:
            return ()
        at = [*(hit.start for hit in (*self.grave, *self.acts, *self.rude)), *self.taken]
        found: list[Role] = []
        for body in self.bodies:
            if body.charged or (body.kind is None and not body.cleared and _within(body.hit, at)):
                found.append("agency_province" if body.kind else "commune_official")
        return tuple(dict.fromkeys(found))

    def harassed(self) -> bool:
        """Whether somebody was harassed by an office or a body that is named."""
        at = [hit.start for hit in self.rude]
        by = [hit for _, hit in self.offices] + [body.hit for body in self.bodies if not body.asked]
        return any(_within(hit, at) for hit in by)

    def priced(self, text: Text) -> bool:
        """Whether an amount is the price of an act (`đòi 5 triệu mới cấp sổ`), whoever asks for it."""
        return any(
            text.keys[start] in _ASKING and not _PRICE.isdisjoint(text.keys[start + 2 : start + 9])
            for start in self.taken
        )


def told_by(text: Text, found: Found) -> Told:
    """The signs in a text."""
    grave, acts, rude = (tuple(found.get(tag, ())) for tag in ("hanh_vi", "viec_lam", "thai_do"))
    taken = _taken(text)
    # To say that one denounces is no deed of whoever is named before it.
    saying = {hit.start for hit in found.get("to_cao", ())}
    deeds = {hit.start for hit in (*grave, *acts, *rude)} | set(taken)
    bodies = named_bodies(text, found, deeds - saying)
    offices = _offices(found, bodies)
    ends = {hit.end for _, hit in offices}
    return Told(
        offices=offices,
        bodies=bodies,
        grave=grave,
        acts=acts,
        rude=rude,
        manner=tuple(found.get("tac_phong", ())),
        mild=tuple(found.get("viec_nhe", ())),
        taken=taken,
        direct=any(follows(text, end, deed) for end in ends for deed in deeds),
    )


def _within(hit: Hit, starts: Iterable[int]) -> bool:
    return any(-_NEAR <= start - hit.end <= _NEAR for start in starts)


def _taken(text: Text) -> tuple[int, ...]:
    """Where somebody takes or gives an amount: the verb's place, the amount within eight words."""
    keys = text.keys
    if _TAKING.isdisjoint(keys):
        return ()
    amounts = list(compress(count(), map(_AMOUNTS.__getitem__, keys)))
    verbs = (range(max(0, at - 8), at) for at in amounts)
    return tuple(sorted({start for near in verbs for start in near if keys[start] in _TAKING}))


def _offices(found: Found, bodies: Sequence[Named]) -> tuple[Office, ...]:
    """Offices named, the highest role first; an office inside the name of another is not named itself."""
    above = [body.hit for body in bodies if body.staffed and body.kind]
    below = [body.hit for body in bodies if body.staffed and not body.kind]
    hits: list[Office] = [(role, hit) for role, tag in _TAGS for hit in found.get(tag, ())]
    hidden = [hit for _, hit in hits] + list(found.get("khong_vai", ())) + above
    titled = [(role, hit) for role, hit in hits if not any(inside(hit, other) for other in hidden)]
    provinces: list[Office] = [("agency_province", hit) for hit in above]
    officials: list[Office] = [("commune_official", hit) for hit in below]
    return (*provinces, *titled, *officials)
