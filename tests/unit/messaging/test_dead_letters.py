"""A dead letter keeps its record whole, whatever it was."""

from typing import Any, cast

from hypothesis import given
from hypothesis import strategies as st

from shared.messaging.dead_letters import Letter, freeze, insert, thaw
from shared.messaging.positions import Stream
from shared.messaging.received import Dead
from tests.unit.messaging.builders import record

# What aiokafka hands over: any text, and bytes that are not UTF-8 as lone low surrogates.
NAMES = st.binary(max_size=12).map(lambda raw: raw.decode("utf-8", "surrogateescape"))
BYTES = st.none() | st.binary(max_size=50)


@given(key=BYTES, value=BYTES, headers=st.lists(st.tuples(NAMES, BYTES), max_size=5))
def test_frozen_and_thawed(
    key: bytes | None, value: bytes | None, headers: list[tuple[str, bytes | None]]
) -> None:
    was = record(value, key=key, headers=headers, topic="t", partition=2, offset=9)
    now = thaw(freeze(was), "t", 2, 9)
    assert (now.key, now.value, now.headers) == (was.key, was.value, was.headers)
    assert (now.topic, now.partition, now.offset, now.timestamp) == ("t", 2, 9, was.timestamp)


class Recorder:
    """Stands for a connection: keeps what it was asked to write."""

    def __init__(self) -> None:
        self.arguments: tuple[Any, ...] = ()

    async def fetch(self, _query: str, *arguments: Any) -> list[Any]:
        self.arguments = arguments
        return []


@given(detail=st.text(alphabet=st.characters(codec=None), max_size=30))
async def test_any_detail_can_be_stored(detail: str) -> None:
    """PostgreSQL takes neither U+0000 nor a lone surrogate."""
    connection = Recorder()
    letters = [Letter(record(), Dead("reason", detail))]
    await insert(cast(Any, connection), Stream("g", "t", "id"), letters, None)
    (stored,) = connection.arguments[7]
    assert "\x00" not in stored
    stored.encode("utf-8")


async def test_a_sealed_letter_shows_nothing() -> None:
    connection = Recorder()
    letters = [Letter(record(b"secret"), Dead("reason"))]
    await insert(cast(Any, connection), Stream("g", "t", "id"), letters, lambda plain: bytes(len(plain)))
    payloads, _, sealed = connection.arguments[8:]
    assert sealed is True
    assert set(payloads[0]) == {0}
