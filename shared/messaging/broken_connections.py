"""A connection that breaks is an error of Kafka's, also on uvloop.

aiokafka expects OSError of a write to a connection that is closed already; uvloop raises RuntimeError. That
would end the task which keeps the client's metadata, without a word: the consumer would never find a broker
again, though its process lives. It happens once in some hundred deaths of a broker.
"""

from typing import Any

from aiokafka.conn import AIOKafkaConnection, CloseReason
from aiokafka.errors import KafkaConnectionError

_send = AIOKafkaConnection.send


def _send_or_break(connection: AIOKafkaConnection, request: Any, expect_response: bool = True) -> Any:
    try:
        return _send(connection, request, expect_response)
    except RuntimeError as error:
        connection.close(reason=CloseReason.CONNECTION_BROKEN, exc=error)
        raise KafkaConnectionError(f"Connection at {connection.host}:{connection.port} broken") from error


def install() -> None:
    """Have all of aiokafka's clients in this process say so. Harmless when repeated."""
    AIOKafkaConnection.send = _send_or_break
