"""Who must be told of an event, as bodies `kind@unit`, and how urgently. The audience has the last word."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Literal

Urgency = Literal["urgent", "digest"]
Moment = Literal["opened", "changed", "progress", "recorded", "closed", "snapshot"]
"""changed: it is somebody else's now, or something else, or due on another day; progress: who has to settle
it did something, which who follows it must know; recorded: who follows it did what nobody waits for."""
WarningMoment = Literal["raised", "cleared"]

URGENT_SEVERITY = 3


@dataclass(frozen=True, slots=True)
class CaseNotice:
    """What the decision needs of a case's event. `province` is the last unit of its path."""

    moment: Moment
    severity: int
    noted: bool
    listening_owner: str
    resolving_owner: str | None
    province: str
    audience: tuple[str, ...]
    called: tuple[str, ...] = ()
    """Whom a clock calls at once: the owners, or who is above them."""


@dataclass(frozen=True, slots=True)
class WarningNotice:
    """What the decision needs of a warning. `seats`: its unit and those above that have an authority, up
    to the province; none where it is not known which that is."""

    moment: WarningMoment
    restricted: bool
    seats: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Addressee:
    """A body that must be told."""

    body: str
    urgency: Urgency


def of_case(notice: CaseNotice) -> tuple[Addressee, ...]:
    """The owners; of an urgent case also the bodies of the province that may know. Each body once.

    An observation that was noted has nobody to resolve it: its listening owner reads it in the digest. A
    snapshot says nothing new. A reminder or an escalation is for those whom it calls. What the resolving
    owner did itself is news for the listening owner only.
    """
    if notice.moment in ("snapshot", "recorded"):
        return ()
    if notice.called:
        return _within(notice.audience, notice.called, "urgent")
    if notice.noted:
        return _within(notice.audience, (notice.listening_owner,), "digest")
    if notice.moment == "progress":
        urgency: Urgency = "urgent" if notice.severity >= URGENT_SEVERITY else "digest"
        return _within(notice.audience, (notice.listening_owner,), urgency)
    owners = (notice.listening_owner, *((notice.resolving_owner,) if notice.resolving_owner else ()))
    if notice.moment == "closed" or notice.severity < URGENT_SEVERITY:
        return _within(notice.audience, owners, "digest")
    return _within(notice.audience, (*owners, *_of_unit(notice.audience, notice.province)), "urgent")


def of_warning(notice: WarningNotice) -> tuple[Addressee, ...]:
    """The authority and the Front of the unit and of the one above it.

    A restricted warning goes to the province's Front alone: the authority may be who it is about. Where the
    province is not known nobody is told of it.
    """
    urgency: Urgency = "urgent" if notice.moment == "raised" else "digest"
    if notice.restricted:
        return tuple(Addressee(f"mttq@{seat}", urgency) for seat in notice.seats[-1:])
    return tuple(
        Addressee(f"{kind}@{seat}", urgency) for seat in notice.seats[:2] for kind in ("ubnd", "mttq")
    )


def _within(audience: Collection[str], bodies: tuple[str, ...], urgency: Urgency) -> tuple[Addressee, ...]:
    return tuple(Addressee(body, urgency) for body in dict.fromkeys(bodies) if body in audience)


def _of_unit(audience: tuple[str, ...], unit: str) -> Iterator[str]:
    suffix = f"@{unit}"
    return (body for body in audience if body.endswith(suffix))
