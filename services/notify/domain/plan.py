"""Which notifications an event causes: its addressees, each by its recipients, or with a reason why not."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal
from uuid import UUID, uuid5

from services.notify.domain.addressees import Addressee, Urgency
from services.notify.domain.recipients import Directory, Recipient

State = Literal["planned", "unsent"]
Unsent = Literal["no_recipient", "no_active_channel", "not_wanted"]

_NAMESPACE = UUID("6f0d3b0e-5d0f-5c55-9d3e-2f1c0a9b7e41")


@dataclass(frozen=True, slots=True)
class Planned:
    """One notification. `recipient_id` is `-<body>` where the body has nobody who could receive it."""

    recipient_id: str
    body: str
    urgency: Urgency
    state: State = "planned"
    reason: Unsent | None = None


def plan(addressees: Iterable[Addressee], directory: Directory) -> tuple[Planned, ...]:
    """Every addressee ends in at least one row, so that who was not told can be counted.

    What exists for an event depends on its addressees only, never on how many recipients there are: an event
    that was planned once is known by its rows.
    """
    return tuple(row for addressee in addressees for row in _rows(addressee, directory.of(addressee.body)))


def notification_id(subject_kind: str, subject_id: UUID, event_id: UUID, recipient_id: str) -> UUID:
    """A notification's id as others see it: a function of its natural key."""
    return uuid5(_NAMESPACE, f"{subject_kind}/{subject_id}/{event_id}/{recipient_id}")


def _rows(addressee: Addressee, recipients: tuple[Recipient, ...]) -> tuple[Planned, ...]:
    body, urgency = addressee.body, addressee.urgency
    active = [recipient for recipient in recipients if recipient.active]
    if not active:
        reason: Unsent = "no_active_channel" if recipients else "no_recipient"
        return (Planned(f"-{body}", body, urgency, "unsent", reason),)
    return tuple(_row(recipient, urgency) for recipient in active)


def _row(recipient: Recipient, urgency: Urgency) -> Planned:
    if recipient.policy == "urgent_only" and urgency == "digest":
        return Planned(recipient.id, recipient.body, urgency, "unsent", "not_wanted")
    if recipient.policy == "at_once":
        return Planned(recipient.id, recipient.body, "urgent")
    return Planned(recipient.id, recipient.body, urgency)
