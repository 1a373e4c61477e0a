"""Who receives for a body: an address on a channel, with a wish about digests."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

Channel = Literal["email", "webhook"]
Policy = Literal["digest", "at_once", "urgent_only"]
"""digest: urgent at once, the rest gathered; at_once: everything at once; urgent_only: the rest never."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """A receiver as planning sees it: no address."""

    id: str
    body: str
    policy: Policy = "digest"
    active: bool = True


class Directory:
    """Immutable: the recipients of each body at one version of the table."""

    __slots__ = ("_by_body", "version")

    version: int

    def __init__(self, version: int, recipients: Iterable[Recipient]) -> None:
        by_body: dict[str, tuple[Recipient, ...]] = {}
        for recipient in sorted(recipients, key=lambda r: r.id):
            by_body[recipient.body] = (*by_body.get(recipient.body, ()), recipient)
        self.version = version
        self._by_body: Mapping[str, tuple[Recipient, ...]] = MappingProxyType(by_body)

    def of(self, body: str) -> tuple[Recipient, ...]:
        """The body's recipients by id, also those that are not active."""
        return self._by_body.get(body, ())
