"""Registered sources come from the operator, by the command line; saying it again changes nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.intake.domain.candidate import PUBLIC, plain_key
from services.intake.domain.envelopes import seal_bytes
from services.intake.domain.sealing import KekRing
from services.intake.domain.source import token_hash
from services.intake.domain.submission import CHANNELS
from services.intake.store import sources
from shared.database import Connection

_LEAST_KEY_BYTES = 32
_LEAST_TOKEN = 32


@dataclass(frozen=True, slots=True)
class Registration:
    """A source: its id (`ce_source`), its HMAC keys by key id, its bearer token, what it may send."""

    id: str
    name: str
    keys: Mapping[str, bytes]
    token: str
    channels: tuple[str, ...] = tuple(sorted(CHANNELS))
    quota_per_minute: int = 0
    active: bool = True


async def register_sources(tx: Connection, ring: KekRing, registrations: Sequence[Registration]) -> None:
    """Write sources as they are now: new ones, other keys, channels. ValueError names the flaw."""
    for registration in registrations:
        if problem := _problem(registration):
            raise ValueError(f"source {registration.id!r}: {problem}")
    await sources.upsert(tx, [_row(ring, registration) for registration in registrations])


def _problem(registration: Registration) -> str | None:
    if not plain_key(registration.id) or registration.id == PUBLIC:
        return "the id is one printable line, and not 'public'"
    if any(len(key) < _LEAST_KEY_BYTES for key in registration.keys.values()):
        return f"an HMAC key has at least {_LEAST_KEY_BYTES} bytes"
    if len(registration.token) < _LEAST_TOKEN:
        return f"a token has at least {_LEAST_TOKEN} characters"
    if unknown := set(registration.channels) - CHANNELS:
        return f"unknown channels: {', '.join(sorted(unknown))}"
    return None


def _row(ring: KekRing, registration: Registration) -> sources.SourceRow:
    return sources.SourceRow(
        registration.id,
        registration.name,
        token_hash(registration.token),
        registration.channels,
        registration.quota_per_minute,
        registration.active,
        {key_id: seal_bytes(ring, "source-key", key) for key_id, key in registration.keys.items()},
    )
