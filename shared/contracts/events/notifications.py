"""`notifications.events`: which body was reached, and which was not."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from shared.contracts.events.base import BodyId, Event


class NotificationEvent(Event):
    topic: ClassVar[str] = "notifications.events"
    notification_id: UUID
    subject_kind: str
    """case or warning"""
    subject_id: UUID
    body: BodyId
    channel: str
    """email or webhook"""
    delivery_id: UUID
    at: datetime

    @property
    def key(self) -> str:
        return str(self.subject_id)


class NotificationDelivered(NotificationEvent):
    """The body was reached: the receiving server took the message."""


class NotificationFailed(NotificationEvent):
    """Given up after the last attempt; `error` is a code, never a server's text."""

    error: str
