"""Signed records from registered sources: what is altered, unsigned or ambiguous is told apart."""

import base64
import hashlib
import hmac
from dataclasses import replace

import pytest

from services.intake.domain.signature import Signed, Verdict, sign, verify

KEYS = {"k1": b"first key", "k2": b"second key"}
RECORD = Signed("urn:langnghe:zalo", "msg-1", "2026-03-01T08:00:00+07:00", '{"text":"đèn hỏng"}'.encode())


def test_the_signature_is_the_one_the_documents_describe() -> None:
    message = b"urn:langnghe:zalo\nmsg-1\n2026-03-01T08:00:00+07:00\n" + RECORD.body
    expected = "v1," + base64.b64encode(hmac.new(b"first key", message, hashlib.sha256).digest()).decode()
    assert sign(KEYS["k1"], RECORD) == expected


@pytest.mark.parametrize("key_id", ["k1", "k2"])
def test_either_key_of_a_source_is_good_during_a_rotation(key_id: str) -> None:
    assert verify(KEYS, key_id, sign(KEYS[key_id], RECORD), RECORD) is Verdict.VALID


@pytest.mark.parametrize("part", ["source", "event_id", "time", "body"])
def test_every_signed_part_counts(part: str) -> None:
    signature = sign(KEYS["k1"], RECORD)
    value = getattr(RECORD, part)
    altered = replace(RECORD, **{part: value + (b" " if isinstance(value, bytes) else " ")})
    assert verify(KEYS, "k1", signature, altered) is Verdict.MISMATCH


def test_the_key_id_must_be_the_one_that_signed() -> None:
    signature = sign(KEYS["k1"], RECORD)
    assert verify(KEYS, "k2", signature, RECORD) is Verdict.MISMATCH
    assert verify(KEYS, "k3", signature, RECORD) is Verdict.KEY_UNKNOWN


@pytest.mark.parametrize(
    ("key_id", "signature"), [(None, "v1,AAAA"), ("k1", None), ("k1", ""), ("", "v1,AAAA")]
)
def test_an_unsigned_record_is_told_from_a_forged_one(key_id: str | None, signature: str | None) -> None:
    assert verify(KEYS, key_id, signature, RECORD) is Verdict.MISSING


@pytest.mark.parametrize("signature", ["v2,AAAA", "AAAA", "v1,not base64!", "v1,AAA", "v1,ééé"])
def test_a_malformed_signature_is_no_crash(signature: str) -> None:
    assert verify(KEYS, "k1", signature, RECORD) is Verdict.MALFORMED


def test_a_short_signature_does_not_match() -> None:
    assert verify(KEYS, "k1", "v1,", RECORD) is Verdict.MISMATCH
    assert verify(KEYS, "k1", sign(KEYS["k1"], RECORD)[:-4], RECORD) is Verdict.MISMATCH


def test_a_line_break_cannot_move_the_border_between_two_headers() -> None:
    shifted = Signed(f"{RECORD.source}\n{RECORD.event_id}", "", RECORD.time, RECORD.body)
    with pytest.raises(ValueError, match="line break"):
        sign(KEYS["k1"], shifted)
    assert verify(KEYS, "k1", sign(KEYS["k1"], RECORD), shifted) is Verdict.MALFORMED


def test_a_header_of_undecodable_bytes_is_no_crash() -> None:
    assert verify(KEYS, "k1", sign(KEYS["k1"], RECORD), replace(RECORD, source="a\udcff")) is Verdict.MISMATCH
