"""A client that costs little, so that the door is measured and not it: HTTP/1.1, kept alive."""

import asyncio
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import httptools


@dataclass
class Answer:
    """What httptools found: status and body."""

    status: int = 0
    body: bytearray = field(default_factory=bytearray)
    done: bool = False

    def on_body(self, part: bytes) -> None:
        self.body += part

    def on_message_complete(self) -> None:
        self.done = True


class Poster:
    """Posts bodies to one URL over as many connections as are needed at once."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        parts = urlsplit(url)
        self._where = parts.hostname or "", parts.port or 80
        fixed = {"Host": f"{parts.hostname}:{parts.port}", "Content-Type": "application/json", **headers}
        lines = "".join(f"{name}: {value}\r\n" for name, value in fixed.items())
        self._head = f"POST {parts.path} HTTP/1.1\r\n{lines}"
        self._idle: list[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = []

    async def post(self, body: bytes, key: str) -> Answer:
        """Post under an idempotency key. Raises ConnectionError when the server hangs up."""
        reader, writer = await self._connection()
        head = f"{self._head}Idempotency-Key: {key}\r\nContent-Length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        answer = Answer()
        parser = httptools.HttpResponseParser(answer)
        while not answer.done:
            part = await reader.read(65_536)
            if not part:
                raise ConnectionError("the server hung up")
            parser.feed_data(part)
        answer.status = parser.get_status_code()
        self._idle.append((reader, writer))
        return answer

    async def _connection(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """One that the server has not closed meanwhile, or a new one."""
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof():
                return reader, writer
            writer.close()
        return await asyncio.open_connection(*self._where)

    def close(self) -> None:
        """Close the idle connections."""
        for _, writer in self._idle:
            writer.close()
        self._idle.clear()
