"""E-mail by SMTP: plain text with a simple HTML alternative, no picture and nothing that tells who read it.

Source: RFC 5321 (replies), RFC 3834 (Auto-Submitted), RFC 2919 (List-Id).
"""

import asyncio
import ssl
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path

import aiosmtplib
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.notify.domain.addresses import is_mailbox
from services.notify.domain.letter import Letter, Line
from services.notify.domain.outcome import DELIVERED, Outcome, failed, retry
from services.notify.senders import Parcel

# Lines as long as SMTP allows: where Python 3.11 folds a header between encoded words, it loses spaces.
_WIRE = SMTP.clone(max_line_length=998)
_HTML = Environment(
    loader=FileSystemLoader(Path(__file__).parents[1] / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True, slots=True)
class EmailSettings:
    """Where mail is handed over. `tls`: none, starttls or tls; `timeout_s` bounds the whole attempt."""

    host: str
    port: int
    tls: str
    sender: str
    timeout_s: float
    user: str | None = None
    password: str | None = None


class EmailSender:
    """One connection a message: a mail server that hangs holds up that message only."""

    def __init__(self, settings: EmailSettings) -> None:
        if not is_mailbox(settings.sender):
            raise ValueError("mail_from is not a plain mailbox")
        self._settings = settings
        self._tls = ssl.create_default_context() if settings.tls != "none" else None

    async def send(self, parcel: Parcel) -> Outcome:
        """4xx and broken connections may pass; 5xx and an unusable address will not."""
        if not is_mailbox(parcel.address):
            return failed("address_refused")
        message = compose(parcel, self._settings.sender)
        try:
            async with asyncio.timeout(self._settings.timeout_s):
                return await self._hand_over(parcel.address, message.as_bytes())
        except TimeoutError:
            return retry("timeout")
        except ssl.SSLError:
            return retry("tls")
        except (OSError, aiosmtplib.SMTPException) as error:
            return _outcome(error)

    async def _hand_over(self, address: str, message: bytes) -> Outcome:
        s = self._settings
        client = aiosmtplib.SMTP(
            hostname=s.host,
            port=s.port,
            use_tls=s.tls == "tls",
            start_tls=s.tls == "starttls",
            tls_context=self._tls,
            username=s.user,
            password=s.password,
            timeout=s.timeout_s,
            local_hostname="langnghe",
        )
        try:
            await client.connect()
            await client.sendmail(s.sender, [address], message)
        finally:
            client.close()
        return DELIVERED


def compose(parcel: Parcel, sender: str) -> EmailMessage:
    """The message; its Message-ID is the delivery's id. Raises ValueError for a header with a line break."""
    domain = sender.rpartition("@")[2]
    message = EmailMessage(policy=_WIRE)
    message["From"] = f"Lắng Nghe <{sender}>"
    message["To"] = parcel.address
    message["Subject"] = parcel.letter.subject
    message["Date"] = format_datetime(parcel.created_at)
    message["Message-ID"] = f"<{parcel.id}@{domain}>"
    message["List-Id"] = f"<thong-bao.langnghe.{domain}>"
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    message["Content-Language"] = parcel.language
    message.set_content(plain(parcel.letter), cte="base64")
    html = _HTML.get_template("letter.html").render(letter=parcel.letter, lang=parcel.language)
    message.add_alternative(html, subtype="html", cte="base64")
    return message


def plain(letter: Letter) -> str:
    """The letter as plain text."""
    blocks = [letter.intro, *(_block(line) for line in letter.lines)]
    blocks += [letter.more] if letter.more else []
    return "\n\n".join([*blocks, f"-- \n{letter.closing}"]) + "\n"


def _block(line: Line) -> str:
    return "\n".join(part for part in (line.title, " · ".join(line.details), line.link) if part)


def _outcome(error: Exception) -> Outcome:
    code = _code(error)
    if code is not None:
        return failed("smtp_refused") if 500 <= code < 600 else retry("smtp_temporary")
    if isinstance(error, aiosmtplib.SMTPTimeoutError):
        return retry("timeout")
    if isinstance(error, aiosmtplib.SMTPConnectError):
        return retry("connection")
    # Whether the server had taken the message is not known: it is sent again under the same Message-ID.
    return retry("cut")


def _code(error: Exception) -> int | None:
    if isinstance(error, aiosmtplib.SMTPRecipientsRefused):
        return error.recipients[0].code
    return error.code if isinstance(error, aiosmtplib.SMTPResponseException) else None
