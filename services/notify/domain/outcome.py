"""What became of one attempt to send. Errors are a closed list: a server's own words may hold an address."""

from dataclasses import dataclass
from typing import Literal

SendError = Literal[
    "address_refused",
    "connection",
    "cut",
    "forbidden_address",
    "gave_up",
    "http_redirect",
    "http_refused",
    "http_temporary",
    "internal",
    "no_recipient",
    "recipient_moved",
    "smtp_refused",
    "smtp_temporary",
    "timeout",
    "tls",
    "unresolved",
    "withdrawn",
]
Result = Literal["delivered", "retry", "failed", "withheld"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """Delivered; to be tried again; failed for good; or withheld, since the body may not be told any more."""

    result: Result
    error: SendError | None = None


DELIVERED = Outcome("delivered")


def retry(error: SendError) -> Outcome:
    """Something that may pass."""
    return Outcome("retry", error)


def failed(error: SendError) -> Outcome:
    """Something that will be the same next time."""
    return Outcome("failed", error)
