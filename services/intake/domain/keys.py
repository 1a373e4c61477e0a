"""The keys of intake, one for each use, so that no digest of one use answers a question of another."""

from dataclasses import dataclass

from services.intake.domain.mac import mac
from services.intake.domain.sealing import KEY_BYTES, KekRing


@dataclass(frozen=True, slots=True)
class Keys:
    """`ring` seals; `tracking` makes tracking codes and their hashes; `bodies` fingerprints submissions, and
    `subjects` natural keys."""

    ring: KekRing
    tracking: bytes
    bodies: bytes
    subjects: bytes

    @classmethod
    def from_secrets(cls, ring: KekRing, tracking: bytes) -> "Keys":
        """Derive what is not given (HMAC-SHA256 of its use). ValueError unless `tracking` is 32 bytes."""
        if len(tracking) != KEY_BYTES:
            raise ValueError(f"the tracking key has {KEY_BYTES} bytes")
        bodies, subjects = (mac(tracking, use) for use in (b"body-fingerprint", b"letter-subject"))
        return cls(ring, tracking, bodies, subjects)

    def subject(self, scope: str, key: str) -> bytes:
        """By what a dead letter and a report of one natural key find each other: 16 bytes, keyed."""
        return mac(self.subjects, f"{scope}\n{key}".encode())[:16]
