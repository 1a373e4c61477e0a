"""Bytes of no report, sealed directly under a key-encryption key: dead letters, keys of sources.

Layout: length of the key id (1 byte), key id, nonce (12), AES-256-GCM ciphertext with its tag. The
associated data is the purpose, so that a dead letter cannot be passed off as a source's key.
"""

import os
from typing import Final, Literal

from cryptography.exceptions import InvalidTag

from services.intake.domain.sealing import NONCE_BYTES, KekRing, Random, SealBroken

Purpose = Literal["dead-letter", "source-key"]
_MAX_KEY_ID: Final = 255


def seal_bytes(ring: KekRing, purpose: Purpose, payload: bytes, random: Random = os.urandom) -> bytes:
    """Seal `payload` under the ring's active key."""
    if len(ring.active.encode()) > _MAX_KEY_ID:
        raise ValueError("the key's id is too long")
    nonce = random(NONCE_BYTES)
    return prefix(ring) + nonce + ring.cipher(ring.active).encrypt(nonce, payload, purpose.encode())


def prefix(ring: KekRing) -> bytes:
    """How every payload begins that is sealed under the ring's active key, and no other."""
    name = ring.active.encode()
    return bytes([len(name)]) + name


def reseal(ring: KekRing, purpose: Purpose, sealed: bytes) -> bytes:
    """The same payload under the ring's active key. Raises `SealBroken` or `KekUnknown`."""
    return seal_bytes(ring, purpose, open_bytes(ring, purpose, sealed))


def open_bytes(ring: KekRing, purpose: Purpose, sealed: bytes) -> bytes:
    """The payload; raises `SealBroken` or `KekUnknown`."""
    end = 1 + sealed[0] if sealed else 0
    cipher = ring.cipher(sealed[1:end].decode("utf-8", "replace"))
    nonce, ciphertext = sealed[end : end + NONCE_BYTES], sealed[end + NONCE_BYTES :]
    try:
        return cipher.decrypt(nonce, ciphertext, purpose.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBroken(purpose) from error
