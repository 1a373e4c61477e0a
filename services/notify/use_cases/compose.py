"""From waiting notifications to messages."""

import time
from dataclasses import dataclass
from datetime import timedelta

from services.notify import metrics
from services.notify.domain.grouping import group
from services.notify.store import composing as store
from shared.database import Database


@dataclass(slots=True)
class Composer:
    """Makes messages up. `window`: how long a digest gathers; `limit`: urgent messages within it."""

    database: Database
    window: timedelta
    limit: int
    _digests_at: float = 0.0

    async def tick(self) -> None:
        """What is urgent now; digests a few times a window, since looking for them reads all that waits."""
        now = time.monotonic()
        digests = now >= self._digests_at
        await self.compose(digests=digests)
        if digests:
            self._digests_at = now + min(self.window.total_seconds() / 8, 30.0)

    async def compose(self, *, digests: bool) -> int:
        """Make up what is due; returns how many messages. A recipient a transaction, so each is short."""
        async with self.database.connection() as connection:
            recipients = await store.due(connection, self.window, digests=digests)
        return sum([await self._compose_for(recipient_id) for recipient_id in recipients])

    async def _compose_for(self, recipient_id: str) -> int:
        async with self.database.transaction() as tx:
            if not await store.alone(tx):
                return 0
            receiver = await store.recipient(tx, recipient_id)
            if receiver is None:
                await store.drop(tx, recipient_id)
                return 0
            waiting, moved = await store.waiting(tx, recipient_id, receiver[0], self.window)
            if moved:
                await store.leave(tx, recipient_id, moved)
                metrics.unsent("recipient_moved", len(moved))
            messages = group(waiting, await store.recent(tx, recipient_id, self.window), self.limit)
            if messages:
                await store.add_deliveries(tx, recipient_id, *receiver, messages)
                metrics.composed(receiver[1], [message.kind for message in messages])
        return len(messages)
