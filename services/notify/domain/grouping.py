"""Which waiting notifications of one recipient go into which message, now."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from services.notify.domain.addressees import Urgency

Kind = Literal["urgent", "digest", "flood"]
Key = tuple[str, UUID, UUID]
"""Subject kind, subject id, event id: with the recipient, a notification's natural key."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A planned notification. `ripe`: it has waited for the digest's whole window."""

    key: Key
    urgency: Urgency
    ripe: bool


@dataclass(frozen=True, slots=True)
class Recent:
    """What the recipient was sent within the last window."""

    urgent: int = 0
    flood: bool = False


@dataclass(frozen=True, slots=True)
class Message:
    """One message to be: its kind and the notifications that it carries."""

    kind: Kind
    keys: tuple[Key, ...]


def group(waiting: Sequence[Waiting], recent: Recent, limit: int) -> tuple[Message, ...]:
    """Urgent ones each in a message of their own, unless the window would see more than `limit` of them.

    Then all that waits collapses into one message; and once that has happened, what comes after it waits
    until a window has passed, as a digest does. A digest carries all that is not urgent as soon as one of it
    has waited long enough.
    """
    urgent = [w for w in waiting if w.urgency == "urgent"]
    messages: list[Message] = []
    if urgent and (recent.flood or recent.urgent + len(urgent) > limit):
        if recent.flood and not any(w.ripe for w in waiting):
            return ()
        return (Message("flood", tuple(w.key for w in waiting)),)
    messages.extend(Message("urgent", (w.key,)) for w in urgent)
    gathered = [w for w in waiting if w.urgency == "digest"]
    if any(w.ripe for w in gathered):
        messages.append(Message("digest", tuple(w.key for w in gathered)))
    return tuple(messages)
