"""Channels. A sender makes one attempt within its own time limit and says how it ended; it never raises for
what a receiver does.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from services.notify.domain.letter import Letter
from services.notify.domain.outcome import Outcome


@dataclass(frozen=True, slots=True)
class Parcel:
    """One message as a channel needs it. `id` is the same at every attempt, so receivers can tell a repeat.

    `data`: what machines read, JSON-ready; `letter`: what people read.
    """

    id: UUID
    kind: str
    body: str
    address: str
    secret_id: str | None
    language: str
    created_at: datetime
    letter: Letter
    data: Sequence[dict[str, Any]]


class Sender(Protocol):
    """One channel."""

    async def send(self, parcel: Parcel) -> Outcome:
        """One attempt."""
        ...
