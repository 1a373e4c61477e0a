"""Identity under seal: AES-256-GCM (NIST SP 800-38D), envelope encryption.

Each report has a data key of its own, which seals its payload once and is itself wrapped by a
key-encryption key (KEK). To erase a report is to destroy its wrapped data key: backups of the ciphertext
are then noise. The associated data binds a sealed payload to its report and field, so that it cannot be
moved to another row unnoticed.

All keys are 32 bytes, nonces 12 bytes, tags 16 bytes (appended to the ciphertext). A KEK wraps under random
nonces and must be rotated before 2^32 wraps.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12

Random = Callable[[int], bytes]
"""Gives that many cryptographically strong random bytes."""


class SealBroken(Exception):
    """The sealed payload, its key or its associated data is not what was sealed."""


class KekUnknown(LookupError):
    """The ring does not hold the key-encryption key under which a data key was wrapped."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed payload as the store keeps it. Without `wrapped_key` nobody can ever open it."""

    key_id: str
    wrapped_key: bytes
    nonce: bytes
    ciphertext: bytes


class KekRing:
    """The key-encryption keys by id: the active one seals, each of them opens.

    Rotation: add a key and make it active, `rewrap` the rows of the old one, then drop the old one.
    """

    def __init__(self, keys: Mapping[str, bytes], active: str) -> None:
        if any(len(key) != KEY_BYTES for key in keys.values()):
            raise ValueError(f"a key-encryption key has {KEY_BYTES} bytes")
        if active not in keys:
            raise KekUnknown(active)
        self.active: Final = active
        self._ciphers: Final = {key_id: AESGCM(key) for key_id, key in keys.items()}

    def cipher(self, key_id: str) -> AESGCM:
        """The cipher of the key `key_id`; raises `KekUnknown`."""
        try:
            return self._ciphers[key_id]
        except KeyError:
            raise KekUnknown(key_id) from None


def seal(
    ring: KekRing, report_id: UUID, payload: bytes, *, field: str = "identity", random: Random = os.urandom
) -> Sealed:
    """Seal `payload` for the field `field` of a report, under a new data key."""
    fresh = random(KEY_BYTES + 2 * NONCE_BYTES)
    data_key, nonce = fresh[:KEY_BYTES], fresh[KEY_BYTES : KEY_BYTES + NONCE_BYTES]
    ciphertext = AESGCM(data_key).encrypt(nonce, payload, _binding(report_id, field))
    wrapped = _wrap(ring, report_id, field, data_key, fresh[KEY_BYTES + NONCE_BYTES :])
    return Sealed(ring.active, wrapped, nonce, ciphertext)


def open_sealed(ring: KekRing, report_id: UUID, sealed: Sealed, *, field: str = "identity") -> bytes:
    """The payload; raises `SealBroken` or `KekUnknown`."""
    data_key = _unwrap(ring, report_id, field, sealed)
    try:
        return AESGCM(data_key).decrypt(sealed.nonce, sealed.ciphertext, _binding(report_id, field))
    except (InvalidTag, ValueError) as error:
        raise SealBroken(str(report_id)) from error


def rewrap(
    ring: KekRing, report_id: UUID, sealed: Sealed, *, field: str = "identity", random: Random = os.urandom
) -> Sealed:
    """The same payload with its data key wrapped by the ring's active key; the ciphertext does not change."""
    data_key = _unwrap(ring, report_id, field, sealed)
    wrapped = _wrap(ring, report_id, field, data_key, random(NONCE_BYTES))
    return replace(sealed, key_id=ring.active, wrapped_key=wrapped)


def _wrap(ring: KekRing, report_id: UUID, field: str, data_key: bytes, nonce: bytes) -> bytes:
    cipher = ring.cipher(ring.active)
    return nonce + cipher.encrypt(nonce, data_key, _binding(report_id, field, ring.active))


def _unwrap(ring: KekRing, report_id: UUID, field: str, sealed: Sealed) -> bytes:
    nonce, wrapped = sealed.wrapped_key[:NONCE_BYTES], sealed.wrapped_key[NONCE_BYTES:]
    try:
        return ring.cipher(sealed.key_id).decrypt(nonce, wrapped, _binding(report_id, field, sealed.key_id))
    except (InvalidTag, ValueError) as error:
        raise SealBroken(str(report_id)) from error


def _binding(report_id: UUID, field: str, key_id: str = "") -> bytes:
    """Associated data; of fixed-length id, field and key id: no two bindings look alike."""
    return report_id.bytes + f"{field}\0{key_id}".encode()
