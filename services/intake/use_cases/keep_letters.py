"""What a dead letter of `reports.submitted` keeps: nothing, once its submission's reporter was erased."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from services.intake.domain.keys import Keys
from services.intake.domain.record import claimed_key
from services.intake.store import submissions
from shared.database import Connection
from shared.messaging.dead_letters import Kept

if TYPE_CHECKING:
    from aiokafka import ConsumerRecord


class KeepLetters:
    """`keep` for the topic; it goes by what the headers name, whether or not the record proves it."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys

    async def __call__(
        self, tx: Connection, records: "Sequence[ConsumerRecord[bytes, bytes]]"
    ) -> Sequence[Kept]:
        """One answer a record, in order."""
        named = [claimed_key(record.headers) for record in records]
        gone = await submissions.erased(tx, {key for key in named if key})
        return [
            Kept(None if key in gone else record, self._keys.subject(*key) if key else None)
            for record, key in zip(records, named, strict=True)
        ]
