"""The keys of intake, one for each use, so that no digest of one use answers a question of another."""

import hashlib
import hmac
from dataclasses import dataclass

from services.intake.domain.sealing import KEY_BYTES, KekRing


@dataclass(frozen=True, slots=True)
class Keys:
    """`ring` seals; `tracking` makes tracking codes and their hashes; `bodies` fingerprints submissions."""

    ring: KekRing
    tracking: bytes
    bodies: bytes

    @classmethod
    def from_secrets(cls, ring: KekRing, tracking: bytes) -> "Keys":
        """Derive what is not given (HMAC-SHA256 of its use). ValueError unless `tracking` is 32 bytes."""
        if len(tracking) != KEY_BYTES:
            raise ValueError(f"the tracking key has {KEY_BYTES} bytes")
        return cls(ring, tracking, hmac.digest(tracking, b"body-fingerprint", hashlib.sha256))
