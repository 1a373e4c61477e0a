"""The one allow-list from a settled message to what others may read of it: codes, no address."""

from datetime import datetime
from uuid import UUID

from services.notify.domain.outcome import SendError
from services.notify.domain.plan import notification_id
from shared.contracts.events import NotificationDelivered, NotificationEvent, NotificationFailed

Key = tuple[str, UUID, UUID]


def settled(
    key: Key,
    *,
    recipient_id: str,
    body: str,
    channel: str,
    delivery_id: UUID,
    at: datetime,
    error: SendError | None,
) -> NotificationEvent:
    """The event of one notification that was delivered or, with an error, given up."""
    subject_kind, subject_id, event_id = key
    facts = {
        "notification_id": notification_id(subject_kind, subject_id, event_id, recipient_id),
        "subject_kind": subject_kind,
        "subject_id": subject_id,
        "body": body,
        "channel": channel,
        "delivery_id": delivery_id,
        "at": at,
    }
    if error is None:
        return NotificationDelivered.model_validate(facts)
    return NotificationFailed.model_validate({**facts, "error": error})
