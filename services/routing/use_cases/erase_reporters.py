"""A reporter is forgotten: texts and words of the report's cases, and the text in its dead letters."""

import base64
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING
from uuid import UUID

import orjson

from services.routing.store import erasures as store
from services.routing.store.erasures import KeptLetter
from shared.database import Connection
from shared.messaging.dead_letters import Kept, freeze, thaw

if TYPE_CHECKING:
    from aiokafka import ConsumerRecord

_TOLD = {"text": "", "place_hint": None, "reporter_unit": None, "location": None}
"""What a report tells in the reporter's own words, and what is left of it."""


async def erase_reporters(tx: Connection, erasures: Sequence[tuple[UUID, datetime]]) -> set[UUID]:
    """Erase (report id, when it was asked for), under `fence`; returns those that were not erased already."""
    if not erasures:
        return set()
    fresh = await store.remember(tx, erasures)
    await store.erase_cases(tx, list(fresh))
    letters = await store.letters_naming(tx, [base64.b64encode(str(i).encode()) for i in sorted(fresh)])
    await store.rewrite_letters(tx, [(letter.id, freeze(_textless(_record(letter)))) for letter in letters])
    return fresh


def _record(letter: KeptLetter) -> "ConsumerRecord[bytes, bytes]":
    return thaw(letter.payload, letter.topic, letter.partition, letter.offset)


async def keep_letters(tx: Connection, records: "Sequence[ConsumerRecord[bytes, bytes]]") -> Sequence[Kept]:
    """What dead letters of `reports.events` keep: of a reporter who was erased before, nothing told."""
    named = [_report_of(record) for record in records]
    await store.fence(tx, erasing=False)
    gone = await store.erased(tx, [report_id for report_id in named if report_id])
    return [
        Kept(_textless(record) if report_id in gone else record)
        for record, report_id in zip(records, named, strict=True)
    ]


def _report_of(record: "ConsumerRecord[bytes, bytes]") -> UUID | None:
    try:
        return UUID((record.key or b"").decode())
    except ValueError:
        return None


def _textless(record: "ConsumerRecord[bytes, bytes]") -> "ConsumerRecord[bytes, bytes]":
    """The record without what the reporter wrote; one that cannot be read keeps nothing of its body."""
    try:
        body = orjson.loads(record.value or b"")
    except orjson.JSONDecodeError:
        body = None
    told = body if isinstance(body, dict) else {}
    left = {name: _TOLD.get(name, value) for name, value in told.items()}
    return replace(record, value=orjson.dumps(left))
