"""One record, read without raising: an event, or a reason why it is none."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Generic, NamedTuple, TypeVar

from aiokafka import ConsumerRecord
from pydantic import ValidationError

from shared.contracts.events import Event, Part
from shared.contracts.registry import BY_TYPE
from shared.messaging.envelope import Envelope, HeaderError, read_envelope, read_headers

T = TypeVar("T")


class Received(NamedTuple, Generic[T]):
    """A readable record: where it stood, its envelope, and what it says."""

    partition: int
    offset: int
    envelope: Envelope
    event: T


@dataclass(frozen=True, slots=True)
class Dead:
    """Why a record takes no effect. `reason` is a code; `detail` names fields, never values."""

    reason: str
    detail: str = ""


class Verdict(StrEnum):
    """What `apply` made of an event: it took effect, or its effect was there already."""

    FRESH = "fresh"
    DUPLICATE = "duplicate"


Parse = Callable[["ConsumerRecord[bytes, bytes]"], Received[Any] | Dead]
Reader = Callable[[bytes], Any]


def parse_event(record: "ConsumerRecord[bytes, bytes]") -> Received[Event] | Dead:
    """Read one of our own events. Reasons: tombstone, bad_header, unknown_type, wrong_topic, invalid_body."""
    return _read(record, _WHOLE)


def parse_part(models: Mapping[str, type[Part]]) -> Parse:
    """As `parse_event`, for who needs but a part of an event: `models`, by CloudEvents type, have some of the
    contract's fields, typed as there. What they leave out is not looked at, which is most of the work."""
    return parse_as({name: model.model_validate_json for name, model in models.items()})


def parse_as(readers: Mapping[str, Reader]) -> Parse:
    """As `parse_event`, by what makes of a body what is needed of it; it raises ValidationError."""
    return lambda record: _read(record, readers)


_WHOLE: Mapping[str, Reader] = {name: event.model_validate_json for name, event in BY_TYPE.items()}


def _read(record: "ConsumerRecord[bytes, bytes]", readers: Mapping[str, Reader]) -> Received[Any] | Dead:
    if not record.value:
        return Dead("tombstone" if record.value is None else "empty_body")
    try:
        envelope = read_envelope(read_headers(record.headers))
    except HeaderError as error:
        return Dead("bad_header", str(error))
    contract = BY_TYPE.get(envelope.type)
    if contract is None:
        return Dead("unknown_type", envelope.type[:200])
    if contract.topic != record.topic or envelope.type not in readers:
        return Dead("wrong_topic", envelope.type)
    try:
        event = readers[envelope.type](record.value)
    except ValidationError as error:
        fields = sorted({".".join(map(str, e["loc"])) + ":" + e["type"] for e in error.errors()})
        return Dead("invalid_body", " ".join(fields)[:500])
    return Received(record.partition, record.offset, envelope, event)
