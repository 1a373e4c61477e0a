"""Registered sources: who may send what, and how they prove who they are."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from services.intake.domain.submission import Door


@dataclass(frozen=True, slots=True)
class Source:
    """A registered source: its HMAC keys by key id, and SHA-256 of its bearer token."""

    id: str
    keys: Mapping[str, bytes]
    token_hash: bytes
    door: Door
    quota_per_minute: int
    """Requests over HTTP; 0 is no limit."""
    active: bool
    sealed_keys: frozenset[str] = frozenset()
    """Ids of keys that this process cannot open: their key-encryption key is not in its ring."""


def token_hash(token: str) -> bytes:
    """SHA-256: tokens are long and random, so that a slow hash would add nothing."""
    return hashlib.sha256(token.encode()).digest()
