"""From a batch of events to notifications: read what is known, ask the domain, write what is new."""

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.notify import metrics
from services.notify.domain.addressees import Addressee
from services.notify.domain.plan import plan
from services.notify.domain.recipients import Directory
from services.notify.store import planning as store
from services.notify.store import recipients
from shared.database import Connection
from shared.messaging.envelope import Envelope
from shared.messaging.received import Dead, Received, Verdict

BAD_EVENT_ID = Dead("bad_event_id", "ce_id is not a UUID")


class RecipientCache:
    """The directory in memory, read again when the table's version has moved."""

    def __init__(self) -> None:
        self._directory = Directory(0, ())

    async def current(self, tx: Connection) -> Directory:
        """The directory as this transaction sees the table: one short query unless it has changed."""
        if await recipients.version(tx) != self._directory.version:
            self._directory = await recipients.directory(tx)
        return self._directory


@dataclass(slots=True)
class Work:
    """What a batch will write, and which subjects it knows already."""

    subject_kind: str
    directory: Directory
    versions: dict[UUID, int]
    planned: set[UUID]
    """Events that have been planned."""
    rows: list[store.NotificationRow] = field(default_factory=list)
    newest: dict[UUID, Any] = field(default_factory=dict)
    """The event with the highest version of each subject whose facts change."""
    repeated: set[UUID] = field(default_factory=set)
    """Subjects with more than one event: only they can have something to supersede."""
    stored: frozenset[UUID] = frozenset()

    def __post_init__(self) -> None:
        self.stored = frozenset(self.versions)

    def take(
        self, received: Received[Any], subject: UUID, version: int, told: tuple[Addressee, ...]
    ) -> Verdict | Dead:
        """One event's effects: notifications, unless it was planned before; facts, if they are newer."""
        event_id = _uuid(received.envelope.id)
        if event_id is None:
            return BAD_EVENT_ID
        known = self.versions.get(subject)
        newer = known is None or version > known
        if known is not None:
            self.repeated.add(subject)
        if newer:
            self.versions[subject] = version
            self.newest[subject] = received.event
        fresh = event_id not in self.planned and self._plan(
            received.envelope, subject, event_id, version, told
        )
        return Verdict.FRESH if newer or fresh else Verdict.DUPLICATE

    def _plan(
        self, envelope: Envelope, subject: UUID, event_id: UUID, version: int, told: tuple[Addressee, ...]
    ) -> bool:
        planned = plan(told, self.directory)
        trace = _uuid(envelope.trace_id or "")
        key = (self.subject_kind, subject, event_id)
        self.rows.extend(
            store.NotificationRow(*key, p.recipient_id, p.body, version, p.urgency, p.state, p.reason, trace)
            for p in planned
        )
        if planned:
            self.planned.add(event_id)
        return bool(planned)

    async def write(self, tx: Connection) -> None:
        """Notifications, and what they supersede."""
        await store.add_notifications(tx, self.rows)
        superseded = await store.supersede(tx, self.subject_kind, self.repeated)
        metrics.planned(self.rows, superseded)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
