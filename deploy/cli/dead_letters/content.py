"""What stands in a letter, as far as the operator may read it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson

from deploy.cli.dead_letters.letters import Letter, subject_of
from deploy.cli.owners import Owner
from deploy.cli.problems import Problem
from services.intake.store import access_log
from shared.database import Connection

if TYPE_CHECKING:
    from aiokafka import ConsumerRecord

_ERASED = "SELECT EXISTS (SELECT 1 FROM intake.erased_reports WHERE report_id = $1)"


@dataclass(frozen=True, slots=True)
class Content:
    """A record's key, headers and value, readable; JSON values are parsed."""

    key: str | None
    headers: list[tuple[str, str | None]]
    value: Any


async def readable(reader: Connection, letter: Letter) -> Content | str:
    """The content of an unsealed letter, or a sentence that says why it is not shown."""
    if letter.payload is None:
        return f"the content is not kept after a letter is {letter.state}"
    if letter.sealed:
        return "sealed: it may hold personal data; --open reads it with the owner's key"
    record = letter.record()
    subject = subject_of(record)
    if subject is not None and await reader.fetchval(_ERASED, subject):
        return f"the reporter of {subject} was erased: the content is not shown"
    return _content(record)


async def opened(owner: Owner, letter: Letter, by: str) -> Content:
    """The content of a sealed letter, once it is on record that `by` reads it.

    Raises Problem if it is gone or the owner has no key.
    """
    if letter.payload is None or owner.unseal is None:
        raise Problem(f"{letter.ref} cannot be opened: it is {letter.state}")
    async with owner.database.transaction() as tx:
        await access_log.note(tx, by, "dead_letter.open", str(letter.ref))
    return _content(letter.record(owner.unseal(letter.payload)))


def _content(record: "ConsumerRecord[bytes, bytes]") -> Content:
    headers = [
        (name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"), _text(value))
        for name, value in record.headers
    ]
    return Content(_text(record.key), headers, _value(record.value))


def _value(raw: bytes | None) -> Any:
    try:
        return orjson.loads(raw or b"")
    except orjson.JSONDecodeError:
        return _text(raw)


def _text(raw: bytes | None) -> str | None:
    return None if raw is None else raw.decode("utf-8", "backslashreplace")
