"""What may stand in the table of recipients: checked once, when it is loaded, and again at each send."""

import re
from urllib.parse import urlsplit

_MAILBOX = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252}[A-Za-z0-9])?"
)
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]")


def is_mailbox(address: str) -> bool:
    """One plain mailbox: no display name, no list, no white space, so nothing that could end a header."""
    return _MAILBOX.fullmatch(address) is not None and ".." not in address


def is_webhook_url(url: str) -> bool:
    """An absolute HTTP(S) URL without credentials or fragment. Its host is judged at each send."""
    if _CONTROL.search(url) or "\\" in url or len(url) > 2_000:
        return False
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return False
    plain = parts.username is None and parts.password is None and not parts.fragment
    return parts.scheme in ("http", "https") and bool(parts.hostname) and plain and port != 0


def masked(channel: str, address: str) -> str:
    """An address as pages may show it: enough to recognise it, not enough to use it."""
    if channel == "email":
        local, _, domain = address.rpartition("@")
        return f"{local[:2]}…@{domain}"
    return f"{urlsplit(address).scheme}://{urlsplit(address).netloc.rpartition('@')[2]}/…"
