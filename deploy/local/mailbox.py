"""A mailbox for demo and tests: takes every message by SMTP, keeps it in a folder, shows it on a page.

`python -m deploy.local.mailbox --smtp-port P --http-port Q --folder F`; both ports on loopback only. It can
be told to misbehave: `PUT /behaviour` with `{"answers": ["451", "cut", "accept"]}` answers the next messages
so, one each, and the last of them ever after.
"""

import argparse
import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from typing import Any, Literal, get_args

import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session
from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from shared.web import NavLink, SecurityHeaders, mount_static, templates
from shared.web.loopback import LoopbackOnly

Answer = Literal["accept", "451", "550", "hang", "cut"]
"""cut: the message is taken, and the connection breaks before the sender hears of it."""
ANSWERS: tuple[str, ...] = get_args(Answer)
_LOOPBACK = "127.0.0.1"
_MOST_BYTES = 5_000_000
_SHOWN = 200


@dataclass(frozen=True, slots=True)
class Mail:
    """A message as it arrived; its content is in the folder under its number."""

    number: int
    message_id: str
    to: str
    subject: str
    at: datetime


class Mailbox:
    """aiosmtpd's handler. `mails` is in order of arrival; one message taken twice is in it twice."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.mails: list[Mail] = [_mail(path) for path in sorted(folder.glob("*.eml"))]
        self.seen = 0
        """Messages that came as far as the final dot, whatever they were answered."""
        self._answers: deque[Answer] = deque(["accept"])
        self._smtp: asyncio.Server | None = None

    def behave(self, answers: Sequence[Answer]) -> None:
        """How to answer the next messages; the last answer stays."""
        self._answers = deque(answers or ["accept"])

    def count(self) -> int:
        """How many messages were taken."""
        return len(self.mails)

    async def listen(self, port: int = 0) -> int:
        """Take mail on loopback; returns the port."""
        loop = asyncio.get_running_loop()
        self._smtp = await loop.create_server(
            lambda: SMTP(self, hostname="localhost", data_size_limit=_MOST_BYTES, enable_SMTPUTF8=True),
            _LOOPBACK,
            port,
        )
        return int(self._smtp.sockets[0].getsockname()[1])

    def close(self) -> None:
        """Take no more connections."""
        if self._smtp is not None:
            self._smtp.close()

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Called by aiosmtpd at the final dot."""
        self.seen += 1
        answer = self._answers.popleft() if len(self._answers) > 1 else self._answers[0]
        if answer == "451":
            return "451 4.7.1 Greylisted, please try again later"
        if answer == "550":
            return f"550 5.1.1 No such user <{envelope.rcpt_tos[0]}>"
        if answer == "hang":
            await asyncio.sleep(3600)
        self._keep(envelope)
        if answer == "cut" and isinstance(server.transport, asyncio.WriteTransport):
            server.transport.abort()
        return "250 2.0.0 Taken"

    def read(self, number: int) -> EmailMessage:
        """A message by its number. Raises FileNotFoundError."""
        raw = (self.folder / f"{number:06d}.eml").read_bytes()
        return message_from_bytes(raw, policy=default)

    def _keep(self, envelope: Envelope) -> None:
        path = self.folder / f"{len(self.mails) + 1:06d}.eml"
        path.write_bytes(bytes(envelope.original_content or b""))
        self.mails.append(_mail(path))


def _mail(path: Path) -> Mail:
    message = message_from_bytes(path.read_bytes(), policy=default)
    at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return Mail(int(path.stem), str(message["Message-ID"]), str(message["To"]), str(message["Subject"]), at)


class Behaviour(BaseModel):
    """What `PUT /behaviour` takes."""

    answers: list[Answer] = Field(min_length=1, max_length=100)


def application(mailbox: Mailbox) -> FastAPI:
    """The pages, for this machine only."""
    app = FastAPI(title="Hộp thư", docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(SecurityHeaders)
    app.add_middleware(LoopbackOnly)
    mount_static(app)
    nav = (NavLink("mailbox", "/", "Hộp thư thử"),)
    pages = templates(Path(__file__).parent / "templates", nav=nav)

    @app.get("/", response_class=HTMLResponse)
    async def index(request: Request, den: str = "") -> Any:
        """The newest mails, of all or of one address (`den`)."""
        found = [mail for mail in mailbox.mails if den in ("", mail.to)]
        shown = {"mails": found[-_SHOWN:][::-1], "total": len(found), "address": den}
        return pages.TemplateResponse(request, "mailbox.html", shown)

    @app.get("/mails/{number}", response_class=HTMLResponse)
    async def show(request: Request, number: int) -> Any:
        if not 1 <= number <= mailbox.count():
            raise HTTPException(404, "Không có thư này")
        message = await asyncio.to_thread(mailbox.read, number)
        text = message.get_body(("plain",))
        shown = {"mail": mailbox.mails[number - 1], "text": text.get_content() if text else ""}
        return pages.TemplateResponse(request, "mail.html", shown)

    @app.get("/count")
    async def count() -> dict[str, int]:
        return {"count": mailbox.count(), "seen": mailbox.seen}

    @app.put("/behaviour")
    async def behave(behaviour: Behaviour) -> Behaviour:
        mailbox.behave(behaviour.answers)
        return behaviour

    return app


async def serve(folder: Path, smtp_port: int, http_port: int) -> None:
    """Take mail and show it until SIGTERM or SIGINT."""
    mailbox = Mailbox(folder)
    await mailbox.listen(smtp_port)
    config = uvicorn.Config(
        application(mailbox), host=_LOOPBACK, port=http_port, access_log=False, log_level="warning"
    )
    await uvicorn.Server(config).serve()
    mailbox.close()


def main() -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description="Hộp thư thử trên máy này")
    parser.add_argument("--smtp-port", type=int, required=True)
    parser.add_argument("--http-port", type=int, required=True)
    parser.add_argument("--folder", type=Path, required=True)
    asked = parser.parse_args()
    asyncio.run(serve(asked.folder, asked.smtp_port, asked.http_port))


if __name__ == "__main__":
    main()
