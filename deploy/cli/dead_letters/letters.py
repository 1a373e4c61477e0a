"""Dead letters as an operator names and finds them: `routing:12` is letter 12 of routing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from deploy.cli.problems import Problem
from shared.database import Connection
from shared.messaging.dead_letters import thaw
from shared.messaging.envelope import HeaderError, read_headers
from shared.migrations import SERVICES

if TYPE_CHECKING:
    from aiokafka import ConsumerRecord

_COLUMNS = (
    "id, consumer_group, topic, partition, record_offset, reason, detail, state, sealed, created_at, "
    "settled_by, settled_reason, settled_at"
)
_LETTERS = " UNION ALL ".join(
    f"SELECT '{service}' AS service, {_COLUMNS}, payload FROM {service}.dead_letters"  # noqa: S608
    for service in SERVICES
)
_LIST = f"""
SELECT service, {_COLUMNS}, NULL::bytea AS payload FROM ({_LETTERS}) AS letters
WHERE service = ANY ($1::text[]) AND ($2 = '' OR state = $2) AND ($3 = '' OR reason = $3)
ORDER BY created_at, service, id LIMIT $4
"""  # noqa: S608 - the schemas are ours
_FIND = f"SELECT * FROM ({_LETTERS}) AS letters WHERE service = $1 AND id = $2"  # noqa: S608


class Ref(NamedTuple):
    """Which letter: a service and the letter's number there."""

    service: str
    id: int

    @classmethod
    def parse(cls, text: str) -> "Ref":
        """From `service:number`. Raises ValueError."""
        service, _, number = text.partition(":")
        if service not in SERVICES or not number.isdecimal():
            raise ValueError(f"{text!r} is not SERVICE:NUMBER, as in routing:12")
        return cls(service, int(number))

    def __str__(self) -> str:
        return f"{self.service}:{self.id}"


@dataclass(frozen=True, slots=True)
class Letter:
    """One letter. `payload` is the frozen record as stored: None in a list and once the letter is settled."""

    service: str
    id: int
    consumer_group: str
    topic: str
    partition: int
    record_offset: int
    reason: str
    detail: str
    state: str
    sealed: bool
    created_at: datetime
    settled_by: str | None
    settled_reason: str | None
    settled_at: datetime | None
    payload: bytes | None

    @property
    def ref(self) -> Ref:
        return Ref(self.service, self.id)

    def as_json(self) -> dict[str, Any]:
        """Everything but the payload."""
        fields = {name: getattr(self, name) for name in self.__slots__ if name not in ("id", "payload")}
        return {"letter": str(self.ref), **fields}

    def record(self, payload: bytes | None = None) -> "ConsumerRecord[bytes, bytes]":
        """The record as it was read, from `payload` where it was unsealed. Raises Problem if it is gone."""
        frozen = payload if payload is not None else self.payload
        if frozen is None:
            raise Problem(f"{self.ref} is {self.state}; its content is not kept any more")
        return thaw(frozen, self.topic, self.partition, self.record_offset)


async def listed(
    reader: Connection, services: Sequence[str], *, state: str = "", reason: str = "", limit: int = 100
) -> list[Letter]:
    """Letters without their payloads, oldest first; empty `state` and `reason` mean any."""
    return [Letter(**row) for row in await reader.fetch(_LIST, list(services), state, reason, limit)]


async def find(connection: Connection, ref: Ref) -> Letter:
    """One letter with its payload. Raises Problem if there is none."""
    row = await connection.fetchrow(_FIND, ref.service, ref.id)
    if row is None:
        raise Problem(f"there is no dead letter {ref}")
    return Letter(**row)


def subject_of(record: "ConsumerRecord[bytes, bytes]") -> UUID | None:
    """The report or case that a record of ours names by its key; None if it names none."""
    try:
        return UUID((record.key or b"").decode())
    except ValueError:
        return None


def type_of(record: "ConsumerRecord[bytes, bytes]") -> str:
    """The event's type as its headers say; empty where they cannot be read."""
    try:
        return read_headers(record.headers).get("ce_type", "")
    except HeaderError:
        return ""
