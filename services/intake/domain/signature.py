"""Signatures of records from registered sources on `reports.submitted`.

    ln_signature = "v1," + base64(HMAC-SHA256(key, ce_source \\n ce_id \\n ce_time \\n body))

Source: the architecture, "On the wire". A replayed record is not refused here: its (source, id) is a
natural key, so it is a duplicate and changes nothing; and a record that waited in the topic for days is
as good as a new one.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from services.intake.domain.mac import mac

VERSION: Final = "v1,"


class Verdict(StrEnum):
    """What a signature proves, and if nothing, why."""

    VALID = "valid"
    MISSING = "signature_missing"
    MALFORMED = "signature_malformed"
    KEY_UNKNOWN = "signature_key_unknown"
    MISMATCH = "signature_mismatch"


@dataclass(frozen=True, slots=True)
class Signed:
    """The signed parts of a record: source, id and time as in the CloudEvents headers, and the body."""

    source: str
    event_id: str
    time: str
    body: bytes


def sign(key: bytes, signed: Signed) -> str:
    """The value of `ln_signature`; raises ValueError for a line break in a header (ambiguous)."""
    if _ambiguous(signed):
        raise ValueError("source, id and time hold no line break")
    return VERSION + base64.b64encode(_mac(key, signed)).decode()


def verify(keys: Mapping[str, bytes], key_id: str | None, signature: str | None, signed: Signed) -> Verdict:
    """Check a signature in constant time. `keys` are the current keys of the record's source by key id.

    A source may hold several keys, so that it can change its key in midstream.
    """
    if not signature or not key_id:
        return Verdict.MISSING
    given = _decoded(signature)
    if given is None or _ambiguous(signed):
        return Verdict.MALFORMED
    key = keys.get(key_id)
    if key is None:
        return Verdict.KEY_UNKNOWN
    return Verdict.VALID if hmac.compare_digest(given, _mac(key, signed)) else Verdict.MISMATCH


def _decoded(signature: str) -> bytes | None:
    if not signature.startswith(VERSION):
        return None
    try:
        return base64.b64decode(signature.removeprefix(VERSION), validate=True)
    except (binascii.Error, ValueError):
        return None


def _ambiguous(signed: Signed) -> bool:
    return any("\n" in part for part in (signed.source, signed.event_id, signed.time))


def _mac(key: bytes, signed: Signed) -> bytes:
    head = f"{signed.source}\n{signed.event_id}\n{signed.time}\n".encode("utf-8", "surrogatepass")
    return mac(key, head + signed.body)
