"""Topics to use cases."""

from datetime import UTC, datetime
from uuid import UUID

import uuid_utils
from aiokafka import ConsumerRecord

from services.intake.domain.envelopes import seal_bytes
from services.intake.domain.keys import Keys
from services.intake.domain.record import (
    MAX_BODY,
    OUR_HEADERS,
    SUBMITTED_TYPE,
    Submitted,
    header_problem,
    trace_of,
)
from services.intake.domain.signature import Signed
from services.intake.use_cases.follow_cases import follow_cases
from services.intake.use_cases.keep_letters import KeepLetters
from services.intake.use_cases.take_records import TakeRecords
from services.intake.wire import parse_case
from shared.map_store import apply_map_changes
from shared.messaging.batch import Handler
from shared.messaging.envelope import HeaderError, new_trace, read_envelope, read_headers
from shared.messaging.received import Dead, Received


def handlers(keys: Keys, take: TakeRecords) -> dict[str, Handler]:
    """The three topics; redrive uses the same. Letters of `reports.submitted` are sealed: they may hold
    personal data."""
    return {
        "reports.submitted": Handler(
            take.apply,
            parse_submitted,
            lambda payload: seal_bytes(keys.ring, "dead-letter", payload),
            KeepLetters(keys),
        ),
        "cases.events": Handler(follow_cases, parse_case),
        "units.events": Handler(apply_map_changes),
    }


def parse_submitted(record: "ConsumerRecord[bytes, bytes]") -> Received[Submitted] | Dead:
    """Read the envelope of a raw submission; whose it is and what it says is for the use case.

    Reasons: tombstone, empty_body, too_large, bad_header, unknown_type. A detail can be read without a key:
    it repeats nothing that the sender wrote.
    """
    if not record.value:
        return Dead("tombstone" if record.value is None else "empty_body")
    if len(record.value) > MAX_BODY:
        return Dead("too_large", f"{len(record.value)} bytes")
    try:
        headers = read_headers(record.headers)
        envelope = read_envelope(headers)
    except HeaderError as error:
        return Dead("bad_header", str(error) if error.name in OUR_HEADERS else "")
    if envelope.type != SUBMITTED_TYPE:
        return Dead("unknown_type")
    if problem := header_problem(envelope.source, envelope.id):
        return Dead("bad_header", problem)
    submitted = Submitted(
        Signed(envelope.source, envelope.id, envelope.time, record.value),
        headers.get("ln_keyid"),
        headers.get("ln_signature"),
        UUID(bytes=uuid_utils.uuid7().bytes),
        trace_of(envelope.traceparent) or new_trace(),
        datetime.now(UTC),
    )
    return Received(record.partition, record.offset, envelope, submitted)
