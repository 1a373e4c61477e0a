"""aiokafka on uvloop, when a connection breaks under its hands."""

import asyncio

import pytest
import uvloop
from aiokafka.conn import AIOKafkaConnection
from aiokafka.errors import KafkaConnectionError
from aiokafka.protocol.admin import ApiVersionRequest

from shared.messaging import broken_connections


async def _write_to_a_closed_one() -> AIOKafkaConnection:
    """A connection whose transport is closed, and which has not been told of it yet, is asked to send."""
    server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    connection = AIOKafkaConnection("127.0.0.1", port)
    connection._reader, connection._writer = await asyncio.open_connection("127.0.0.1", port)
    connection._read_task = asyncio.create_task(asyncio.sleep(0))
    connection._writer.transport.abort()
    await asyncio.sleep(0.05)
    try:
        connection.send(ApiVersionRequest())
    finally:
        server.close()
    return connection


def test_a_broken_connection_is_kafkas_error() -> None:
    """uvloop says RuntimeError, which ends aiokafka's metadata task for ever: the consumer would be dead."""
    broken_connections.install()
    with pytest.raises(KafkaConnectionError):
        uvloop.run(_write_to_a_closed_one())
